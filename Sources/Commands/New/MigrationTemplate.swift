import DynamoJournalEvents
import DynamoJournalProgram

/// The skeleton of a migration: it compiles, says what it needs, scans a table, plans conditional changes, and waits to be
/// told which. Its test fails until then. The text is in the program, which is one file wherever it is installed.
enum MigrationTemplate {
  private static let noDigest = "sha256:" + String(repeating: "0", count: 64)

  /// `Sources/Migrations/07_backfill_email.swift`
  static func migration(_ name: MigrationName) -> String {
    let text = source(name)
    return text.replacing(noDigest, with: CodeDigest.of([text]))
  }

  private static func source(_ name: MigrationName) -> String {
    #"""
    import SpartaJournal

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
      public let variables = ["ITEMS_TABLE_NAME"]
      /// The tables that it works with: a run is refused without them, and the doctor looks at them.
      public let needs = Needs(tables: [Self.items])
      /// How many items `--test` plans.
      public let testLimit = 5

      /// Fill in: the variable that names the table, its name where the variable is not set, and its key.
      static let items = Needs.Table(
        variables: ["ITEMS_TABLE_NAME"], defaultName: "items",
        keys: [KeySchema(partition: KeyAttribute("id", .string))])

      /// The migration.
      public init() {}

      /// Looks at every item, and plans a change for each that lacks something.
      public func plan(_ planner: Planner) async throws {
        let table = try await planner.tables.require(Self.items, planner.settings)
        try await planner.forEachItem(of: table, step: "items") { step, item in
          step.count("items")
          let lacking = lacking(item)
          guard !lacking.isEmpty, let key = table.spec.key.key(of: item) else {
            return step.count("right already")
          }
          step.count("changed")
          // Both images keep what is touched and nothing else: the write is made only where `before` still holds.
          let before = item.filtered(to: lacking.names)
          step.plan([Change(table: table.spec.name, key: key, before: before, after: lacking)])
        }
      }

      /// What the item is to get; nothing where it is right as it is, so that a second run finds nothing to do.
      private func lacking(_ item: Item) -> Item {
        // Fill in. For example: item["email"] == nil ? ["email": .string("…")] : [:]
        [:]
      }
    }

    """#
  }

  /// `Tests/MigrationsTests/BackfillEmailTests.swift`
  static func test(_ name: MigrationName, module: String) -> String {
    let imports = [module, "SpartaJournal", "SpartaJournalTesting", "Testing"].sorted()
      .map { "import \($0)\n" }.joined()
    return "import Foundation\n" + imports + #"""

      @Suite("\#(name.text)")
      struct \#(name.type)Tests {
        let migration = \#(name.type)()
        let settings = Settings(variables: [:])
        let items = TableSpec(name: "items", key: KeySchema(partition: KeyAttribute("id", .string)))

        @Test("an item gets what it lacks, and a rollback takes it away again")
        func cycle() async throws {
          try await MigrationHarness.use { harness in
            let start: Item = ["id": .string("1")]
            try await harness.seed(items, [start])
            // Fill in: what the item gets.
            let end = start.with([:])
            #expect(end != start, "the test does not say yet what the migration changes")
            try await harness.cycle(migration, settings, planned: 1) {
              try await harness.expect(items.name, holds: [end])
            }
          }
        }

        @Test("a table that is missing is refused")
        func refusals() async throws {
          try await MigrationHarness.use { harness in
            let missing = try await harness.refusal(migration, settings)
            #expect(missing.contains("there is no table 'items': set ITEMS_TABLE_NAME"))
          }
        }

        @Test("its digest is that of its code")
        func code() throws {
          let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
          let sources = MigrationSources(folder: root.appendingPathComponent("Sources/Migrations").path)
          let flaw = try sources.flaw(of: migration)
          #expect(flaw == nil, "\(flaw ?? "")")
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
    \(Program.name) run \(name.text) --dry-run
    \(Program.name) run \(name.text)
    ```

    ## What it changes

    Fill in: which items, which attributes, and which items it leaves as they are.

    ## What it needs

    | variable | meaning | default |
    |---|---|---|
    | `ITEMS_TABLE_NAME` | fill in: the table, and its key | `items` |

    `--test` takes five items.

    ## What the report says

    Counts: `items`, `changed`, `right already`.

    ## How it is undone

    `\(Program.name) rollback` restores what was there before. An item whose attributes were changed since is a conflict.

    """
  }
}
