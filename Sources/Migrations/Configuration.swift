import SpartaJournal

/// The variables that migrations read.
enum Variable {
  static let nodeOperators = "NODE_OPERATORS_TABLE_NAME"
  static let newNodeOperators = "NEW_NODE_OPERATORS_TABLE_NAME"
  static let oldNodeOperators = "OLD_NODE_OPERATORS_TABLE_NAME"
  static let validators = "VALIDATORS_TABLE_NAME"
  static let validatorHistory = "VALIDATOR_HISTORY_TABLE_NAME"
  static let networkStats = "NETWORK_STATS_TABLE_NAME"
  static let rpcURL = "AZTEC_RPC_URL"
  static let apiURL = "API_URL"
  static let apiKey = "BACKEND_API_KEY"
}

extension MigrationOption {
  /// Of 06.
  package static let createTarget = MigrationOption(
    "create-target", help: "create the table to migrate into.")
  /// Of 06.
  package static let keepSource = MigrationOption("keep-source", help: "leave the items in the old table.")
  /// Of 03.
  package static let allowMassDelete = MigrationOption(
    "allow-mass-delete", help: "let a plan through that the guard on deletes refuses.")
}

/// A table of the Sparta system: the variable that names it, and the name that it has when the variable is not set.
public struct ConfiguredTable: Hashable, Sendable {
  /// The variable.
  public let variable: String
  /// The default name.
  public let defaultName: String

  /// The five tables, in the order in which they are backed up.
  public static let all = [
    nodeOperators,
    ConfiguredTable(variable: Variable.newNodeOperators, defaultName: "sparta-node-op-dev"),
    validators,
    validatorHistory,
    ConfiguredTable(variable: Variable.networkStats, defaultName: "sparta-network-stats-dev"),
  ]

  /// Node operators; for 06 the source.
  static let nodeOperators = ConfiguredTable(
    variable: Variable.nodeOperators, defaultName: "sparta-node-operators-dev")
  /// Validators.
  static let validators = ConfiguredTable(
    variable: Variable.validators, defaultName: "sparta-validators-dev")

  /// Validator history.
  static let validatorHistory = ConfiguredTable(
    variable: Variable.validatorHistory, defaultName: "sparta-validator-history-dev")

  /// The table's name under these settings.
  public func name(in settings: Settings) -> String { settings[variable] ?? defaultName }
}
