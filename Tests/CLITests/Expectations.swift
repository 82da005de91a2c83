import Foundation
import TestSupport
import Testing

/// What a script reads of `run`, `resume`, `rollback` and `show`.
struct RunAnswer: Decodable {
  struct Backup: Decodable {
    let table: String
    let name: String
    let arn: String
  }

  let run: String
  let migration: String
  let state: String
  let target: String
  let counts: [String: Int]
  let planDigest: String?
  let journalHead: String?
  let startedAt: String
  let finishedAt: String?
  let reason: String?
  let backups: [Backup]

  /// The members of the contract.
  static let members: Set<String> = [
    "run", "migration", "state", "target", "counts", "planDigest", "journalHead", "startedAt", "finishedAt",
  ]
  /// The counts of the contract.
  static let countNames: Set<String> = ["planned", "applied", "failed", "inDoubt", "compensated", "notes"]
}

/// A line of `audit --format json`.
struct AuditLine: Decodable {
  struct Actor: Decodable {
    let user: String
    let host: String
    let arn: String?
  }

  let seq: Int
  let at: String
  let event: String
  let run: String
  let migration: String
  let table: String
  let actor: Actor
  let reason: String?
}

extension Shell.Outcome {
  /// Standard output as one JSON document.
  func decoded<Answer: Decodable>(_ type: Answer.Type = Answer.self) throws -> Answer {
    try JSONDecoder().decode(type, from: Data(output.utf8))
  }

  /// Standard output as one JSON document a line.
  func lines<Line: Decodable>(_ type: Line.Type = Line.self) throws -> [Line] {
    try output.split(separator: "\n").map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
  }

  /// The names of the members of the document on standard output.
  func members() throws -> Set<String> {
    let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    return Set(try #require(object).keys)
  }

  /// The last line of standard error.
  var sentence: String { errors.split(separator: "\n").last.map(String.init) ?? "" }
}

/// Expects an end with one sentence: the last line of standard error, and the only one with the program's name.
func expectSentence(
  _ outcome: Shell.Outcome, _ status: Int32, _ parts: [String],
  _ location: SourceLocation = #_sourceLocation
) {
  #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: location)
  #expect(outcome.sentence.hasPrefix("sparta-journal: "), "\(outcome.errors)", sourceLocation: location)
  let own = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("sparta-journal: ") }
  #expect(own.count == 1, "\(outcome.errors)", sourceLocation: location)
  #expect(!outcome.errors.contains("\u{1B}"), "colour without a terminal", sourceLocation: location)
  for part in parts {
    #expect(
      outcome.sentence.contains(part), "'\(part)' is missing in: \(outcome.errors)", sourceLocation: location)
  }
}

/// All that a refusal must leave as it was.
struct Snapshot: Equatable {
  let tables: String
  let items: [String: [String]]
  let runs: [String]

  /// Reads the tables of the folder's embedded store and the runs of its journal.
  static func take(_ data: OperatorFolder) async throws -> Snapshot {
    let product = data.product()
    var items: [String: [String]] = [:]
    let names = try await product.succeed("tables", "list").split(separator: "\n").compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
    for name in names { items[name] = try await product.export(name) }
    // 4: a journal that does not verify is shown all the same.
    let listing = try await product.run("runs")
    guard listing.status == 0 || listing.status == 4 else { throw UnexpectedEnd(outcome: listing) }
    let runs = listing.output.split(separator: "\n").map(String.init)
    return Snapshot(tables: try await product.succeed("tables", "list"), items: items, runs: runs)
  }
}

/// A command that must be refused: what is typed, the exit code, and what its sentence names.
typealias Refused = (arguments: [String], status: Int32, parts: [String])

/// Expects commands to be refused with one sentence each and to leave tables and runs as they were.
func expectRefusals(
  _ data: OperatorFolder, _ refusals: [Refused], variables: [String: String] = [:],
  _ location: SourceLocation = #_sourceLocation
) async throws {
  let before = try await Snapshot.take(data)
  for refused in refusals {
    let outcome = try await data.product(variables).run(refused.arguments)
    expectSentence(outcome, refused.status, refused.parts, location)
  }
  #expect(try await Snapshot.take(data) == before, sourceLocation: location)
}

/// Expects a command to be refused with one sentence and to leave tables and runs as they were.
func expectRefusal(
  _ data: OperatorFolder, _ arguments: [String], _ status: Int32, _ parts: [String],
  variables: [String: String] = [:], _ location: SourceLocation = #_sourceLocation
) async throws {
  try await expectRefusals(data, [(arguments, status, parts)], variables: variables, location)
}
