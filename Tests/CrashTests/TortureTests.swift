import Foundation
import DynamoJournalSQLite
import TestSupport
import Testing

/// Everything that writes is killed with SIGKILL at random moments while an application writes to the same items.
///
/// The short form runs with the other tests; `make torture` sets TORTURE_KILLS for the long one.
@Suite(.serialized) struct TortureTests {
  private static let items = 150
  private static let migration = "04_remove_discord_username_attribute"

  private static var kills: Int {
    ProcessInfo.processInfo.environment["TORTURE_KILLS"].flatMap { Int($0) } ?? 40
  }

  /// So many kills at most are done to one journal: every command reads the whole of it, so a longer one costs more and tells
  /// nothing more.
  private static let killsOfOneJournal = 100

  @Test(
    "killed over and over, no write of the application is lost, every change has one outcome, the chain verifies"
  )
  func nothingIsLost() async throws {
    let seed =
      ProcessInfo.processInfo.environment["TORTURE_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)
    print("torture: seed \(seed), \(Self.kills) kills")
    var total = TortureCount()
    while total.kills < Self.kills {
      let wanted = min(Self.killsOfOneJournal, Self.kills - total.kills)
      total.add(try await torture(wanted, seed: seed &+ UInt64(total.journals)))
      print("torture: \(total)")
    }
    for command in ["run", "rollback", "redo", "recover", "erase"] where Self.kills >= 40 {
      #expect(total.byCommand[command, default: 0] > 0, "no kill in '\(command)'")
    }
  }

  /// Tortures one journal and one store, and compares them with what the application remembers.
  private func torture(_ kills: Int, seed: UInt64) async throws -> TortureCount {
    try await withTemporaryFolder { folder in
      try TortureData.write(Self.items, to: folder + "/items.jsonl")
      let product = Product(in: folder, environment: ["NODE_OPERATORS_TABLE_NAME": TortureData.table])
      try await product.succeed("tables", "import", TortureData.table, "items.jsonl", "--key", "discordId:S")
      let application = try Application(
        folder + "/.sparta/tables.sqlite", table: TortureData.table, items: Self.items, seed: seed)
      let work = Task { try await application.work() }
      var torturer = Torturer(product, seed: seed)
      while torturer.count.kills < kills { try await cycle(&torturer, product) }
      work.cancel()
      try await work.value
      try await expectNothingLost(application, product)
      return torturer.count
    }
  }

  private func cycle(_ torturer: inout Torturer, _ product: Product) async throws {
    torturer.count.rounds += 1
    try await torturer.reach(["run", Self.migration, "--yes", "--no-backup", "--quiet"])
    try await torturer.reach(["rollback", "latest", "--on-conflict", "force", "--yes", "--quiet"])
    try await torturer.reach(["redo", "latest", "--yes", "--quiet"])
    try await torturer.reach(["rollback", "latest", "--on-conflict", "skip", "--yes", "--quiet"])
    if try await torturer.state() == "incomplete" {
      _ = try await product.run("close", "latest", "--reason", "torture")
    }
    if torturer.count.rounds % 2 == 0 { try await recover(&torturer, product) }
    if torturer.count.rounds % 2 == 1 { try await erase(&torturer, product) }
    try await product.succeed("audit", "verify")
  }

  /// Somebody writes an event that is not of the chain; the recovery is killed and typed again.
  private func recover(_ torturer: inout Torturer, _ product: Product) async throws {
    try Connection(path: product.folder + "/.sparta/journal.sqlite", mode: .readWrite).execute(
      "INSERT INTO events (seq, run, event, at, actor, hash) SELECT max(seq) + 1, 1, 'note', 0, 1, zeroblob(32) FROM events"
    )
    #expect(try await product.run("audit", "verify").status == 4)
    try await torturer.reach(["journal", "recover", "--reason", "torture", "--yes"])
  }

  private func erase(_ torturer: inout Torturer, _ product: Product) async throws {
    let key = #"{"discordId":{"S":"\#(TortureData.id(Self.items))"}}"#
    try await torturer.reach(
      ["journal", "erase", "--table", TortureData.table, "--key", key, "--reason", "torture", "--yes"])
  }

  private func expectNothingLost(_ application: Application, _ product: Product) async throws {
    let audit = try await product.succeed("audit", "--format", "json")
    let table = try await product.export(TortureData.table).joined(separator: "\n")
    let standing = await application.standing
    #expect(standing.count > 20, "the application wrote too little to tell anything")
    let lost = standing.filter { !table.contains("\"\($0.new)\"") && !audit.contains("\"\($0.new)\"") }
    #expect(lost == [], "written by the application, and neither in the table nor in the journal")
    var outcomes: [String: Int] = [:]
    for line in audit.split(separator: "\n") {
      let event = try JSONDecoder().decode(TortureLine.self, from: Data(line.utf8))
      if event.event == "applied" { outcomes["\(event.run) \(event.change)", default: 0] += 1 }
    }
    #expect(outcomes.values.allSatisfy { $0 == 1 }, "a change was applied twice")
  }
}

private struct TortureLine: Decodable {
  let event: String
  let run: String
  let change: Int
}

/// How much was done.
struct TortureCount: CustomStringConvertible {
  var kills = 0
  var rounds = 0
  var journals = 0
  var byCommand: [String: Int] = [:]

  /// As it is printed.
  var description: String {
    "\(kills) kills in \(rounds) rounds on \(journals) journals, by command \(byCommand.sorted { $0.key < $1.key })"
  }

  /// Adds what was done to one more journal.
  mutating func add(_ other: TortureCount) {
    journals += 1
    kills += other.kills
    rounds += other.rounds
    byCommand.merge(other.byCommand, uniquingKeysWith: +)
  }
}

/// Runs commands, kills them at random moments, and goes on as an operator would.
struct Torturer {
  private let product: Product
  private var generator: SeededGenerator
  var count = TortureCount()

  init(_ product: Product, seed: UInt64) {
    self.product = product
    generator = SeededGenerator(seed: seed &+ 1)
  }

  /// The latest run's state.
  func state() async throws -> String? {
    let outcome = try await product.run("show", "latest", "--format", "json")
    return try? JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8)).state
  }

  /// Types the command, kills it, and types what goes on, until it comes to an end by itself.
  mutating func reach(_ command: [String]) async throws {
    let name = command[0] == "journal" ? command[1] : command[0]
    var arguments = command
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      let delay = Int.random(in: 0...350, using: &generator)
      let outcome = try await kill(arguments, after: delay)
      guard outcome.status == -SIGKILL else { return expectEnd(outcome, arguments) }
      count.kills += 1
      count.byCommand[name, default: 0] += 1
      if command[0] != "journal" { arguments = try await next(command) }
    }
    expectEnd(try await product.run(arguments), arguments)
  }

  private func next(_ command: [String]) async throws -> [String] {
    try await state() == "interrupted" ? ["resume", "latest", "--yes", "--no-backup", "--quiet"] : command
  }

  /// 2: it had been done by the process that was killed.
  private func expectEnd(_ outcome: Shell.Outcome, _ arguments: [String]) {
    #expect([0, 1, 2].contains(outcome.status), "\(arguments): \(outcome.status) \(outcome.errors)")
  }

  private func kill(_ arguments: [String], after milliseconds: Int) async throws -> Shell.Outcome {
    try await withTemporaryFolder { scratch in
      let child = try await product.start(arguments, scratch: scratch)
      try await Task.sleep(for: .milliseconds(milliseconds))
      child.send(SIGKILL)
      return Shell.Outcome(
        status: try await child.wait(), output: try child.output(), errors: try child.errors())
    }
  }

  private struct Answer: Decodable {
    let state: String
  }
}
