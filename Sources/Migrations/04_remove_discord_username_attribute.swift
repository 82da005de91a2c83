import SpartaJournal

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
    "sha256:4ba8fc5e5321d8d7781c3c78a55fbb6df21c3f06eccdc37bc851c6d3456fe5c7",
    files: "04_remove_discord_username_attribute.swift")
  /// The settings that the journal keeps.
  public let variables = [Variable.nodeOperators]
  /// The tables and replies that it works with.
  public let needs = Needs(tables: [Self.operators])
  /// Five operators.
  public let testLimit = 5

  private static let operators = ConfiguredTable.nodeOperators.need(
    Design.operators, Design.operatorsByAddress, mustBeNamed: true, purpose: "the node operators table")

  /// The migration.
  public init() {}

  /// Looks for the index, then at every operator.
  public func plan(_ planner: Planner) async throws {
    let table = try await planner.tables.require(Self.operators, planner.settings)
    try await planner.prepare("index") { step in
      for counter in ["operators", "with discordUsername", "without discordUsername"] {
        step.count(counter, 0)
      }
      step.count("removed", 0, if: .updated(in: table.spec.name))
      guard table.spec.indexes.contains(where: { $0.name == Design.usernameIndex.name }) else { return }
      try step.note(
        .warning, "indexStillStands", table: table.spec.name,
        "\(Design.usernameIndex.name) still stands, and no operator will be found by it: remove it with Terraform"
      )
    }
    try await planner.forEachItem(of: table, step: "operators") { step, item in
      step.count("operators")
      guard item[Attribute.discordUsername] != nil, let key = table.spec.key.key(of: item) else {
        return step.count("without discordUsername")
      }
      step.count("with discordUsername")
      step.count("removed")
      let before = item.filtered(to: [Attribute.discordUsername])
      step.plan([Change(table: table.spec.name, key: key, before: before, after: [:])])
    }
  }
}
