import DynamoJournalProgram
import DynamoJournalTables

extension Needs {
  /// Refuses what the migration could not be planned with: a reply whose address or key is not set, a table that is missing or
  /// has another key.
  ///
  /// - Throws: `Refusal` that names the variable to set, or the store's error.
  public func check(_ settings: Settings, _ tables: TableReader) async throws {
    for input in inputs { _ = try input.request(settings) }
    for table in self.tables where try await !tables.isToBeMade(table, settings) {
      _ = try await tables.require(table, settings)
    }
  }
}

extension TableReader {
  /// The table that a migration needs, as it stands.
  ///
  /// - Throws: `Refusal` when nobody named it, when there is none of that name, or when it has none of the keys that the
  ///   migration takes.
  public func require(_ need: Needs.Table, _ settings: Settings) async throws -> TableDescription {
    let variable = need.variable(in: settings)
    guard let name = need.name(in: settings) else {
      throw Refusal(
        "\(variable ?? "a variable") is not set",
        remedy: "set it to the name of \(need.purpose), in the environment or in .env")
    }
    guard let found = try await describe(name) else { throw await missing(name, need, variable) }
    if need.keys.isEmpty || need.keys.contains(found.spec.key) { return found }
    let wanted = need.keys.map(\.description).joined(separator: " or ")
    let remedy = variable.map { "set \($0) to the table that is meant" } ?? "rename or delete the table"
    throw Refusal(
      "table '\(name)' has the key \(found.spec.key), and the migration needs \(wanted)",
      remedy: "\(remedy)")
  }

  /// Whether the table is missing and the migration makes it, or does without.
  func isToBeMade(_ need: Needs.Table, _ settings: Settings) async throws -> Bool {
    let isAccepted =
      switch need.absence {
      case .refused: false
      case .created(nil), .passedOver: true
      case .created(let option?): settings.options.contains(option)
      }
    guard isAccepted else { return false }
    guard let name = need.name(in: settings) else {
      // What nobody named and the migration can do without is not looked for.
      if case .passedOver = need.absence { return true }
      return false
    }
    return try await describe(name) == nil
  }

  private func missing(_ name: String, _ need: Needs.Table, _ variable: String?) async -> Refusal {
    let create = "create it with '\(Program.command("tables create \(ShellWord.text(name))"))'"
    let set = variable.map { "set \($0) to the table's name" }
    if case .created(let option?) = need.absence {
      let add = "add \(option.name) to create it"
      return await missing(name, remedy: set.map { "\($0), or \(add)" } ?? add)
    }
    if let whenMissing = need.whenMissing { return await missing(name, remedy: whenMissing) }
    return await missing(name, remedy: set ?? create, orCreate: set == nil ? nil : create)
  }
}
