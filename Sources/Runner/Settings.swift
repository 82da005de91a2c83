import DynamoJournalTables

/// What a run was asked to do, beyond which migration: variables, options, limits.
public struct Settings: Sendable {
  /// Variables by name, as resolved by the command line; secrets included.
  package let variables: [String: String]
  /// The options of the migration that are on.
  public let options: Set<MigrationOption>
  /// Whether only a small batch is planned.
  public let testMode: Bool
  /// At most so many units are planned; nil for all.
  public let limit: Int?

  /// Settings.
  public init(
    variables: [String: String], options: Set<MigrationOption> = [], testMode: Bool = false, limit: Int? = nil
  ) {
    self.variables = variables.filter { !$0.value.isEmpty }
    self.options = options
    self.testMode = testMode
    self.limit = limit
  }

  /// The variable's value, or nil when it is not set or empty.
  public subscript(name: String) -> String? { variables[name] }

  /// The variable's value, or a refusal that names it.
  public func require(_ name: String, for purpose: String) throws -> String {
    if let value = variables[name] { return value }
    throw Refusal(
      "\(name) is not set",
      remedy: "set it to the name of \(purpose), in the environment or in .env")
  }

  // MARK: In the journal

  /// What the journal keeps, so that a resumed run plans as it was started.
  package func journaled(for migration: some Migration) -> [String: String] {
    var kept = variables.filter { migration.variables.contains($0.key) }.mapValues(SafeURL.text)
    for option in options { kept[option.name] = "true" }
    if testMode { kept["--test"] = "true" }
    if let limit { kept["--limit"] = String(limit) }
    return kept
  }

  /// The settings of a run that goes on: what was journaled, and the secrets of now.
  ///
  /// What the journal has of an address names it and no more, so it is never one that something is sent to.
  package init(journaled: [String: String], migration: some Migration, current: [String: String]) {
    var variables = current.filter { !migration.variables.contains($0.key) }
    for name in migration.variables {
      let isAddress = journaled[name].map { WebAddress.isMeant(by: $0) && !Settings.isFile($0) } ?? false
      variables[name] = isAddress ? current[name] : journaled[name]
    }
    self.init(
      variables: variables, options: Set(migration.options.filter { journaled[$0.name] != nil }),
      testMode: journaled["--test"] != nil, limit: journaled["--limit"].flatMap { Int($0) })
  }
}
