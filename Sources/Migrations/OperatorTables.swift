import SpartaJournal

/// The two tables of node operators: the source, keyed by `discordId`, and the target, keyed by `address`.
struct OperatorTables: Sendable {
  static let discordID: Text = "discordId"
  static let address: Text = "address"
  static let sourceKey = KeySchema(partition: KeyAttribute(discordID, .string))
  static let targetKey = Design.operatorsByAddress
  static let discordIndex = IndexSpec(name: "DiscordIdIndex", key: sourceKey)

  /// The source as it stands.
  let source: TableDescription
  /// What the target is, or is to be.
  let target: TableSpec
  /// Whether the target exists.
  let targetExists: Bool

  /// Whether the target has the index by which the application finds an operator.
  var targetHasIndex: Bool {
    target.indexes.contains { $0.key.partition == Self.sourceKey.partition }
  }

  /// Finds both tables and checks their keys.
  ///
  /// - Throws: `Refusal` that names the table and the variable.
  static func find(_ settings: Settings, _ tables: TableReader) async throws -> OperatorTables {
    let source = try await findSource(settings, tables)
    let name = try await targetName(settings, tables, source: source.spec.name)
    guard name != source.spec.name else {
      throw Refusal(
        "source and target are both '\(name)', and a table's key can't be changed in place",
        remedy: "set \(Variable.newNodeOperators) to another table; \(offer)")
    }
    guard let target = try await tables.describe(name) else {
      guard settings.options.contains(.createTarget) else {
        throw await tables.missing(name, remedy: offer)
      }
      let spec = TableSpec(name: name, key: targetKey, indexes: [discordIndex])
      return OperatorTables(source: source, target: spec, targetExists: false)
    }
    guard target.spec.key == targetKey else {
      throw Refusal(
        "table '\(name)' has the key \(target.spec.key), and the target needs \(targetKey)",
        remedy: "set \(Variable.newNodeOperators) to another name; \(offer)")
    }
    return OperatorTables(source: source, target: target.spec, targetExists: true)
  }

  private static let offer =
    "add \(MigrationOption.createTarget.name) to create the table that \(Variable.newNodeOperators) names"

  private static func findSource(_ settings: Settings, _ tables: TableReader) async throws
    -> TableDescription
  {
    let variable =
      settings[Variable.oldNodeOperators] == nil ? Variable.nodeOperators : Variable.oldNodeOperators
    let name = try settings.require(variable, for: "the node operators table to migrate from")
    let source = try await tables.require(name, variable: variable)
    guard source.spec.key == sourceKey else {
      throw Refusal(
        "table '\(name)' has the key \(source.spec.key), and the source needs \(sourceKey)",
        remedy: "set \(variable) to the table to migrate from")
    }
    return source
  }

  /// The name that is set; else that of the only table of the target's design, where there is also only one of the
  /// source's, so that tables of two environments are never mixed.
  private static func targetName(
    _ settings: Settings, _ tables: TableReader, source: String
  ) async throws -> String {
    if let name = settings[Variable.newNodeOperators] { return name }
    let (sources, targets) = try await candidates(tables)
    if targets.count == 1 && sources == [source] { return targets[0] }
    let found =
      targets.isEmpty
      ? "no table is keyed by \(targetKey) with \(discordIndex.name)"
      : "more than one pair of tables could be meant (\((sources + targets).joined(separator: ", ")))"
    throw Refusal(
      "\(Variable.newNodeOperators) is not set, and \(found)",
      remedy: "set it to the table to migrate into; \(offer)")
  }

  /// The table that 06 has moved, or will move, the operators of `source` to: by the same rule, but nil where 06 would refuse.
  static func successor(
    of source: TableSpec, _ settings: Settings, _ tables: TableReader
  ) async throws -> TableDescription? {
    guard source.key == sourceKey else { return nil }
    if let name = settings[Variable.newNodeOperators] { return try await tables.describe(name) }
    let (sources, targets) = try await candidates(tables)
    guard targets.count == 1 && sources == [source.name] else { return nil }
    return try await tables.describe(targets[0])
  }

  /// The tables of either design.
  private static func candidates(
    _ tables: TableReader
  ) async throws -> (sources: [String], targets: [String]) {
    var found: (sources: [String], targets: [String]) = ([], [])
    for name in try await tables.tables() {
      guard let spec = try await tables.describe(name)?.spec else { continue }
      if spec.key == sourceKey { found.sources.append(name) }
      if spec.key == targetKey && spec.indexes.contains(discordIndex) { found.targets.append(name) }
    }
    return found
  }
}
