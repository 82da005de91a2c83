import DynamoJournalProgram
import DynamoJournalExpressions
import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalRunner
import DynamoJournalTables

/// A migration that a program plans: it gets items and answers with images, and never writes.
package struct ProgramMigration: Migration {
  let definition: ProgramDefinition
  private static let step = "items"

  /// A migration of that definition.
  package init(_ definition: ProgramDefinition) {
    self.definition = definition
    code = MigrationCode(ProgramCommand.digest(definition))
  }

  /// The definition's.
  package var name: String { definition.name }
  /// The definition's.
  package var summary: String { definition.summary }
  /// Always 1: the digest tells when the program has changed.
  package let version = 1
  /// The digest of the migration's text and of the program's files, as they were when this was made.
  package let code: MigrationCode
  /// The table's variables, and those that the program gets.
  package var variables: [String] {
    definition.tableVariables + definition.environment.filter { !definition.tableVariables.contains($0) }
  }
  /// The definition's.
  package var testLimit: Int { definition.testLimit }
  /// What its program gets with its first line.
  package var inputs: [ProgramDefinition.Input] { definition.inputs }
  /// The files that its command names, but for a program that PATH finds: absolute paths.
  package var files: [String] { ProgramCommand.files(definition) }
  /// Its table.
  package var needs: Needs {
    Needs(tables: [
      Needs.Table(
        variables: definition.tableVariables, defaultName: definition.tableDefault,
        whenMissing: "create it, or name another under 'table' in the migration's file")
    ])
  }

  /// Refuses a table that is not there, a program that is not there, and variables that it must not get.
  package func check(_ settings: Settings, _ tables: TableReader) async throws {
    try await needs.check(settings, tables)
    do { _ = try ProgramCommand(definition, settings) } catch let fault as ProgramFault {
      throw fault.refusal
    }
  }

  /// Plans from every item that `where` lets through.
  package func plan(_ planner: Planner) async throws {
    guard planner.started.codeDigest == code.digest else {
      throw Refusal(
        "the program of \(name) has changed since run \(planner.started.run) began: put its files back as they were, or start a new run"
      )
    }
    do {
      try await planned(planner)
    } catch let fault as ProgramFault {
      throw fault.refusal
    }
  }

  private func planned(_ planner: Planner) async throws {
    let table = try await planner.tables.require(
      needs.tables[0].name(in: planner.settings) ?? "", variable: definition.tableVariables.last ?? "'table'")
    var bindings = ExpressionBindings(variables: definition.bindings)
    bindings.variables["now"] = .string(Text(ProgramStart.iso8601(planner.now)))
    bindings.variables["run"] = .string(Text(planner.started.run))
    let reads = try await ProgramReads(planner)
    let changes = try await ProgramChanges(definition, planner, table, reads, bindings)
    let host = ProgramHost(
      try ProgramCommand(definition, planner.settings),
      start: try await ProgramStart.line(definition, planner), table: table.spec.name,
      timeout: definition.timeout,
      ProgramHost.Surroundings(checkStop: planner.checkStop, say: planner.say, items: reads.items))
    do {
      try await plan(planner, table, host, changes, bindings)
    } catch {
      await host.kill()
      throw error
    }
    await host.kill()
    guardPlan(planner, table.spec.name)
  }

  private func plan(
    _ planner: Planner, _ table: TableDescription, _ host: ProgramHost, _ changes: ProgramChanges,
    _ bindings: ExpressionBindings
  ) async throws {
    let selector = ProgramSelector(definition, bindings)
    try await planner.forEachPage(of: table, step: Self.step) { step, items in
      for item in items {
        guard let key = table.spec.key.key(of: item) else { continue }
        let selection = try selector.selection(of: item, key)
        if !selection.isAsked && selection.findings.isEmpty { continue }
        let answered =
          selection.isAsked
          ? try await host.feed(item, key, selection.findings)
          : try await host.hold(item, key, selection.findings)
        if !answered.isEmpty { try await changes.plan(answered, step, Self.step) }
        if planner.isFull { return }
      }
    } end: { step in
      while !planner.isFull {
        let answered = try await host.rest()
        if answered.isEmpty { return try await host.finish() }
        try await changes.plan(answered, step, Self.step)
      }
    }
  }

  // MARK: Guards

  private func guardPlan(_ planner: Planner, _ table: String) {
    let changes = planner.tally.reduce(0) { $0 + $1.creates + $1.updates + $1.deletes }
    if let limit = definition.maxChanges, changes > limit {
      return planner.refuse(
        "the plan has \(Plural.count(changes, "change")), and maxChanges of \(name) allows \(limit): raise it if they are meant"
      )
    }
    let items = planner.counted("items")
    let deletes = planner.tally.first { $0.table == table }?.deletes ?? 0
    guard let share = definition.maxDeleteShare, Double(deletes) > share * Double(items) else { return }
    planner.refuse(
      "the plan deletes \(deletes) of \(Plural.count(items, "item")), and maxDeleteShare of \(name) allows a share of \(share): raise it if they are meant"
    )
  }
}
