import Foundation
import DynamoJournalEvents
import DynamoJournalPrograms
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

/// A table of users, a folder for a program, and runs of it.
struct ProgramTrial {
  let harness: MigrationHarness
  let folder: String

  static let users = TableSpec(name: "users", key: KeySchema(partition: KeyAttribute("id", .string)))
  static let plans = TableSpec(name: "plans", key: KeySchema(partition: KeyAttribute("plan", .string)))

  /// Users `u00001`…, every third of them with a plan.
  static func use(users count: Int = 600, _ body: (ProgramTrial) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let trial = ProgramTrial(harness: try MigrationHarness(folder: folder), folder: folder)
      try await trial.harness.seed(users, (1...max(1, count)).map(user))
      try await trial.harness.seed(
        plans,
        [["plan": .string("free"), "price": .number(0)], ["plan": .string("gold"), "price": .number(9)]])
      try await body(trial)
    }
  }

  static func user(_ number: Int) -> Item {
    var item: Item = [
      "id": .string("u" + String(100_000 + number).dropFirst()), "email": .string("A\(number)@Example.ORG"),
      "n": .number(Int64(number)),
    ]
    if number % 3 == 0 { item["plan"] = .string("gold") }
    return item
  }

  static let settings = Settings(variables: [:])

  /// A Python program: `body` answers `item` of `m` by calling `answer(…)`.
  func python(_ body: String, head: String = "", tail: String = "", timeout: Int = 30) throws
    -> ProgramDefinition
  {
    let indented = body.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    let text = """
      import json, sys, os, time
      out = sys.stdout
      def say(text):
          out.write(text)
          out.flush()
      def answer(**a): say(json.dumps(a) + "\\n")
      \(head)
      def work(m, item, id):
      \(indented)
      for line in sys.stdin:
          m = json.loads(line)
          if m["type"] == "item": work(m, m["item"], m["id"])
      \(tail)
      """
    return try script("p.py", text, ["python3", "p.py"], timeout: timeout)
  }

  /// A program of that text, in a file beside the migration.
  func script(
    _ file: String, _ text: String, _ command: [String], timeout: Int = 30
  ) throws -> ProgramDefinition {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
    var definition = ProgramDefinition(
      name: "07_program", summary: "a program", tableDefault: "users", command: command, folder: folder)
    definition.timeout = timeout
    return definition
  }

  /// The sentence with which a run of the program is refused; it must have written nothing.
  func refusal(_ definition: ProgramDefinition) async throws -> String {
    try await harness.refusedRun(ProgramMigration(definition), Self.settings)
  }
}

/// Whether a program is on this machine.
func has(_ program: String) -> Bool {
  (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
    access("\($0)/\(program)", X_OK) == 0
  }
}
