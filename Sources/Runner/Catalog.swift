import DynamoJournalProgram
import DynamoJournalTables

/// The migrations of a program, in their order.
package struct Catalog: Sendable {
  /// The migrations; the order is the one in which they are meant to be run.
  package let migrations: [any Migration]

  /// A catalog of these migrations.
  package init(_ migrations: [any Migration]) { self.migrations = migrations }

  /// Their names.
  package var names: [String] { migrations.map(\.name) }

  /// What is wrong with the catalog itself, as a sentence for whoever wrote it; nil for a good one.
  package var flaw: String? {
    let doubled = names.first { name in names.count { $0 == name } > 1 }
    return doubled.map { "two migrations are named '\($0)': give each its own name" }
  }

  /// The migration of exactly that name, or nil.
  package func migration(named name: String) -> (any Migration)? {
    migrations.first { $0.name == name }
  }

  /// The migration of exactly that name.
  ///
  /// - Throws: `Refusal`, with the name that was probably meant: what was meant is never run unasked.
  package func require(_ name: String) throws -> any Migration {
    if let found = migration(named: name) { return found }
    let hint =
      nearest(to: name).map { "did you mean '\($0)'?" } ?? "'\(Program.command("list"))' names them all"
    throw Refusal(
      "unknown migration '\(name)'",
      remedy: "\(hint)")
  }

  /// The name that was probably meant, or nil when nothing is near: by number, by a prefix of one name only, or by a
  /// few mistyped letters.
  package func nearest(to typed: String) -> String? { Self.nearest(to: typed, among: names) }

  package static func nearest(to typed: String, among names: [String]) -> String? {
    let wanted = typed.lowercased()
    guard !wanted.isEmpty else { return nil }
    if let number = Int(wanted.prefix { $0.isNumber }) {
      let numbered = names.filter { Int($0.prefix { $0.isNumber }) == number }
      if numbered.count == 1 { return numbered[0] }
    }
    let prefixed = names.filter { $0.lowercased().hasPrefix(wanted) }
    if prefixed.count == 1 { return prefixed[0] }
    let ranked = names.map { (name: $0, distance: EditDistance.between(wanted, $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    // A third of the letters wrong is another word, not a slip.
    return best.distance <= max(1, best.name.count / 3) ? best.name : nil
  }
}

extension Catalog {
  /// What the migrations need together, as far as the settings are about it: tables that nobody named are looked for
  /// under their default names and may be missing, and what no variable points to is not asked.
  package func needs(_ settings: Settings) -> Needs {
    Needs(tables: needed(settings), inputs: inputs(settings))
  }

  /// The names of the tables that the migrations work with, under these settings.
  package func tables(_ settings: Settings) -> [String] {
    needed(settings).compactMap { $0.name(in: settings) }
  }

  /// A table a variable, in the order in which the migrations name them; those that no variable names are a migration's
  /// own affair.
  private func needed(_ settings: Settings) -> [Needs.Table] {
    var order: [String] = []
    var groups: [String: [Needs.Table]] = [:]
    for table in migrations.flatMap(\.needs.tables) {
      guard let variable = table.variables.last else { continue }
      if groups[variable] == nil { order.append(variable) }
      groups[variable, default: []].append(table)
    }
    return order.map { variable in
      let group = groups[variable] ?? []
      return Needs.Table(
        variables: [variable], defaultName: group.lazy.compactMap(\.defaultName).first,
        keys: Self.keys(group),
        absence: settings[variable] == nil ? .passedOver : .refused,
        isWritten: group.contains(where: \.isWritten))
    }
  }

  /// Every key that one of the migrations takes.
  private static func keys(_ tables: [Needs.Table]) -> [KeySchema] {
    tables.flatMap(\.keys).reduce(into: []) { keys, key in if !keys.contains(key) { keys.append(key) } }
  }

  private func inputs(_ settings: Settings) -> [Needs.Input] {
    var sources: Set<String> = []
    return migrations.flatMap(\.needs.inputs).filter { input in
      guard settings[input.variable] != nil, let source = try? input.request(settings).source else {
        return settings[input.variable] != nil && sources.insert(input.variable).inserted
      }
      return sources.insert(source).inserted
    }
  }
}
