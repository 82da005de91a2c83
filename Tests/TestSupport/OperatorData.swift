import Foundation

/// Operators and the API's reply, written into a folder: the data that migration 06 is killed over.
package struct OperatorData: Sendable {
  /// The table that it migrates from.
  package static let source = "operators"
  /// The table that it migrates to.
  package static let target = "operators-by-address"

  /// Where the files are.
  package let folder: String
  /// How many operators there are; one in ten has no validator.
  package let count: Int

  /// Operators in files in that folder, once they are written.
  package init(folder: String, count: Int) {
    self.folder = folder
    self.count = count
  }

  /// How many operators have a validator: each is a unit of migration 06, of a put and a delete.
  package var units: Int { (0..<count).count { $0 % 10 != 9 } }

  /// The variables that migration 06 needs.
  package var environment: [String: String] {
    [
      "NODE_OPERATORS_TABLE_NAME": Self.source, "NEW_NODE_OPERATORS_TABLE_NAME": Self.target,
      "API_URL": "file://\(folder)/api",
    ]
  }

  /// Writes the files. One operator in ten has no validator, so that there are notes, too.
  package func write() throws {
    let reply = folder + "/api/api/validator"
    try FileManager.default.createDirectory(atPath: reply, withIntermediateDirectories: true)
    let items = (0..<count).map { number in
      #"{"Item":{"discordId":{"S":"\#(id(number))"},"isApproved":{"BOOL":\#(number % 2 == 0)},"#
        + #""socials":{"M":{"x":{"S":"@é\#(number)"}}},"score":{"N":"\#(number).5"},"tags":{"SS":["a","b\#(number)"]}}}"#
    }
    try items.joined(separator: "\n").write(
      toFile: folder + "/operators.jsonl", atomically: true, encoding: .utf8)
    let validators = (0..<count).filter { $0 % 10 != 9 }.map { number in
      #"{"address":"\#(address(number))","operatorId":"\#(id(number))","lastAttestationSlot":"\#(number)"}"#
    }
    try #"{"success":true,"data":{"validators":[\#(validators.joined(separator: ","))]}}"#
      .write(toFile: reply + "/validators", atomically: true, encoding: .utf8)
  }

  /// Loads both tables.
  package func load(_ product: Product) async throws {
    try await product.succeed(
      "tables", "import", Self.source, folder + "/operators.jsonl", "--key", "discordId:S")
    try await product.succeed(
      "tables", "create", Self.target, "--key", "address:S", "--index", "DiscordIdIndex=discordId:S")
  }

  private func id(_ number: Int) -> String { String(904_664_241_544_000_000 + number) }

  private func address(_ number: Int) -> String {
    let digits = String(number * 7919 + 1, radix: 16)
    return "0xAb" + String(repeating: "0", count: 38 - digits.count) + digits
  }

  /// Both tables' items, sorted, by the tables' names.
  package static func tables(_ product: Product) async throws -> [String: [String]] {
    [source: try await product.export(source), target: try await product.export(target)]
  }
}
