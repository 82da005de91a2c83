import Journal
import Runner
import Tables

/// Removes `discordUsername` from every operator that has it.
///
/// Terraform should have removed `DiscordUsernameIndex` before; where it still stands, that is reported.
public struct RemoveDiscordUsername: Migration {
  /// Its name: `04_remove_discord_username_attribute`.
  public let name = "04_remove_discord_username_attribute"
  /// One line for `list`.
  public let summary = "Removes the attribute discordUsername from all node operators"
  /// Raised whenever it would plan something else than before.
  public let version = 1
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:ee240d567b5a6c3996eaa740fdcd6e0923de1bc51994583a9891e91911b51a5a",
    files: "04_remove_discord_username_attribute.swift")
  /// The settings that the journal keeps.
  public let variables = [Variable.nodeOperators]
  /// The tables and replies that it works with.
  public let needs = Needs(tables: [
    ConfiguredTable.nodeOperators.need(Design.operators, Design.operatorsByAddress, mustBeNamed: true)
  ])
  /// Five operators.
  public let testLimit = 5

  /// The migration.
  public init() {}

  /// Refuses when the table is not named, missing, or no table of node operators.
  public func check(_ settings: Settings, _ tables: TableReader) async throws {
    _ = try await table(settings, tables)
  }

  /// Looks for the index, then at every operator.
  public func plan(_ planner: Planner) async throws {
    let table = try await table(planner.settings, planner.tables)
    try await planner.prepare("index") {
      for counter in ["operators", "with discordUsername", "without discordUsername"] {
        planner.count(counter, 0)
      }
      guard table.spec.indexes.contains(where: { $0.name == Design.usernameIndex.name }) else { return }
      try planner.note(
        .warning, "indexStillStands", table: table.spec.name,
        "\(Design.usernameIndex.name) still stands, and no operator will be found by it: remove it with Terraform"
      )
    }
    try await planner.forEachItem(of: table, step: "operators") { item in
      planner.count("operators")
      guard item[Attribute.discordUsername] != nil, let key = table.spec.key.key(of: item) else {
        return planner.count("without discordUsername")
      }
      planner.count("with discordUsername")
      let before = item.filtered(to: [Attribute.discordUsername])
      planner.plan([Change(table: table.spec.name, key: key, before: before, after: [:])])
    }
  }

  /// Operators before and after 06.
  private func table(_ settings: Settings, _ tables: TableReader) async throws -> TableDescription {
    _ = try settings.require(Variable.nodeOperators, for: "the node operators table")
    return try await ConfiguredTable.nodeOperators.require(
      settings, tables, key: Design.operators, Design.operatorsByAddress)
  }
}
