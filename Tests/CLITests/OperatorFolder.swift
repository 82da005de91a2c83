import Foundation
import TestSupport

/// The migration that most tests run.
let rekeying = "06_add_wallet_to_operators"
/// The table that it migrates from.
let source = "operators"
/// The table that it migrates to.
let target = "operators-by-address"

/// A folder with operators and the API's reply in files, and the program ready to be run in it.
///
/// The first `owned` operators have a validator, the `idle` ones after them have none.
struct OperatorFolder {
  let folder: String
  let owned: Int
  let idle: Int

  init(_ folder: String, owned: Int = 12, idle: Int = 3) {
    self.folder = folder
    self.owned = owned
    self.idle = idle
  }

  /// The file that the API's reply is read from.
  var replyFile: String { folder + "/api/api/validator/validators" }
  var operatorsFile: String { folder + "/operators.jsonl" }
  var journal: String { folder + "/.sparta/journal.sqlite" }
  var store: String { folder + "/.sparta/tables.sqlite" }

  var variables: [String: String] {
    [
      "NODE_OPERATORS_TABLE_NAME": source, "NEW_NODE_OPERATORS_TABLE_NAME": target,
      "API_URL": "file://\(folder)/api",
    ]
  }

  /// The program, with some variables set otherwise; an empty one counts as not set.
  func product(_ more: [String: String] = [:]) -> Product {
    Product(in: folder, environment: variables.merging(more) { $1 })
  }

  /// Writes the files.
  func writeFiles() throws {
    try FileManager.default.createDirectory(
      atPath: (replyFile as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try write(operators.joined(separator: "\n") + "\n", to: operatorsFile)
    try write(reply, to: replyFile)
  }

  /// Writes the files and loads both tables.
  func load() async throws {
    try writeFiles()
    let product = product()
    try await product.succeed("tables", "import", source, operatorsFile, "--key", "discordId:S")
    try await createTarget()
  }

  func createTarget() async throws {
    try await product().succeed(
      "tables", "create", target, "--key", "address:S", "--index", "DiscordIdIndex=discordId:S")
  }

  /// The lines that `tables export` writes of the operators, too.
  var operators: [String] {
    (0..<(owned + idle)).map { operatorLine($0) }
  }

  /// An operator as a line of an import.
  func operatorLine(_ number: Int, name: String = "someone") -> String {
    #"{"Item":{"discordId":{"S":"\#(id(number))"},"isApproved":{"BOOL":\#(number % 2 == 0)},"#
      + #""name":{"S":"\#(name) \#(number)"},"score":{"N":"\#(number).5"},"tags":{"SS":["a","b\#(number)"]}}}"#
  }

  /// What the API answers.
  var reply: String {
    let validators = (0..<owned).map { number in
      #"{"address":"\#(address(number))","operatorId":"\#(id(number))","lastAttestationSlot":"\#(number)"}"#
    }
    return #"{"success":true,"data":{"validators":[\#(validators.joined(separator: ","))]}}"#
  }

  func id(_ number: Int) -> String { String(904_664_241_544_000_000 + number) }

  func address(_ number: Int) -> String {
    let digits = String(number * 7919 + 1, radix: 16)
    return "0xAb" + String(repeating: "0", count: 38 - digits.count) + digits
  }

  /// Puts an operator over the one that is there, as somebody else would.
  func change(_ number: Int, name: String = "changed", in table: String = source) async throws {
    let file = "\(folder)/change.jsonl"
    var line = operatorLine(number, name: name)
    if table == target {
      line = line.replacingOccurrences(
        of: #"{"Item":{"#, with: #"{"Item":{"address":{"S":"\#(address(number))"},"#)
    }
    try write(line, to: file)
    try await product().succeed("tables", "import", table, file, "--no-journal", "--yes")
  }
}

/// Runs `body` in a folder whose tables are loaded.
func withOperators(
  owned: Int = 12, idle: Int = 3, _ body: (OperatorFolder) async throws -> Void
) async throws {
  try await withTemporaryFolder { folder in
    let operators = OperatorFolder(folder, owned: owned, idle: idle)
    try await operators.load()
    try await body(operators)
  }
}

func write(_ text: String, to path: String) throws {
  try text.write(toFile: path, atomically: true, encoding: .utf8)
}
