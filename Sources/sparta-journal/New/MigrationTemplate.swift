import Journal

/// The skeleton of a migration: it compiles, reads settings, scans a table, plans conditional changes, and waits to be told
/// which. Its test fails until then. The text is in the program, which is one file wherever it is installed.
enum MigrationTemplate {
  private static let noDigest = "sha256:" + String(repeating: "0", count: 64)

  /// `Sources/Migrations/07_backfill_email.swift`
  static func migration(_ name: MigrationName) -> String {
    let text = source(name)
    return text.replacing(noDigest, with: CodeDigest.of([text]))
  }

  private static func source(_ name: MigrationName) -> String {
    #"""
    import Journal
    import Runner
    import Tables

    /// Fill in: what it changes and why, and what must have happened before.
    public struct \#(name.type): Migration {
      /// Its name: `\#(name.text)`.
      public let name = "\#(name.text)"
      /// One line for `list`.
      public let summary = "Fill in: what it changes, in one line"
      /// Raised whenever it would plan something else than before.
      public let version = 1
      /// Where its plan comes from; a test says when the digest has to be set anew.
      public let code = MigrationCode(
        "\#(noDigest)",
        files: "\#(name.text).swift")
      /// The settings that the journal keeps: all that it reads, but for secrets.
      public let variables = [Variable.nodeOperators]
      /// Five operators.
      public let testLimit = 5

      /// The migration.
      public init() {}

      /// Refuses when the table is missing, or no table of node operators.
      public func check(_ settings: Settings, _ tables: TableReader) async throws {
        _ = try await table(settings, tables)
      }

      /// Looks at every operator, and plans a change for each that lacks something.
      public func plan(_ planner: Planner) async throws {
        let table = try await table(planner.settings, planner.tables)
        try await planner.prepare("counters") {
          for counter in ["operators", "changed", "right already"] { planner.count(counter, 0) }
        }
        try await planner.forEachItem(of: table, step: "operators") { item in
          planner.count("operators")
          let lacking = lacking(item)
          guard !lacking.isEmpty, let key = table.spec.key.key(of: item) else {
            return planner.count("right already")
          }
          planner.count("changed")
          // Both images keep what is touched and nothing else: the write is made only where `before` still holds.
          let before = item.filtered(to: lacking.names)
          planner.plan([Change(table: table.spec.name, key: key, before: before, after: lacking)])
        }
      }

      /// What the operator is to get; nothing where it is right as it is, so that a second run finds nothing to do.
      private func lacking(_ item: Item) -> Item {
        // Fill in. For example: item["email"] == nil ? ["email": .string("…")] : [:]
        [:]
      }

      /// The node operators, keyed as before or after 06.
      private func table(_ settings: Settings, _ tables: TableReader) async throws -> TableDescription {
        try await ConfiguredTable.nodeOperators.require(
          settings, tables, key: Design.operators, Design.operatorsByAddress)
      }
    }

    """#
  }

  /// `Tests/MigrationsTests/BackfillEmailTests.swift`
  static func test(_ name: MigrationName) -> String {
    #"""
    import Migrations
    import Runner
    import Tables
    import TestSupport
    import Testing

    @Suite("\#(name.text)")
    struct \#(name.type)Tests {
      let migration = \#(name.type)()

      @Test("an operator gets what it lacks, and a rollback takes it away again")
      func cycle() async throws {
        try await MigrationHarness.use { harness in
          let start = Sparta.anOperator("1")
          try await harness.seed(Sparta.oldTable(), [start])
          // Fill in: what the operator gets.
          let end = start.with([:])
          #expect(end != start, "the test does not say yet what the migration changes")
          try await harness.cycle(migration, Sparta.settings(), planned: 1) {
            try await harness.expect(Sparta.old, holds: [end])
          }
        }
      }

      @Test("a table that is missing or keyed otherwise is refused")
      func refusals() async throws {
        try await MigrationHarness.use { harness in
          let missing = try await harness.refusal(migration, Sparta.settings())
          #expect(missing.contains("there is no table 'operators': set NODE_OPERATORS_TABLE_NAME"))
          try await harness.seed(Sparta.validatorsTable())
          let settings = Sparta.settings(["NODE_OPERATORS_TABLE_NAME": Sparta.validators])
          #expect(try await harness.refusal(migration, settings).contains("has the key validatorAddress:S"))
        }
      }
    }

    """#
  }

  /// `docs/migrations/07.md`
  static func page(_ name: MigrationName) -> String {
    """
    # \(name.text)

    Fill in: what it changes and why, and what must have happened before.

    ```
    sparta-journal run \(name.text) --dry-run
    sparta-journal run \(name.text)
    ```

    ## What it changes

    Fill in: which items, which attributes, and which items it leaves as they are.

    ## What it needs

    | variable | meaning | default |
    |---|---|---|
    | `NODE_OPERATORS_TABLE_NAME` | the node operators table, keyed by `discordId:S`, or by `address:S` after 06 | `sparta-node-operators-dev` |

    `TEST_MODE` takes five operators.

    ## What the report says

    Counts: `operators`, `changed`, `right already`.

    ## How it is undone

    `sparta-journal rollback` restores what was there before. An operator whose attributes were changed since is a conflict.

    """
  }
}
