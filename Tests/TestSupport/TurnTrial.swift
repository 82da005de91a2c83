import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import Testing

/// Takes a random run forward and back, killed anywhere, in any order, and compares the tables with the start and the end.
///
/// A death is what it leaves: the journal as it stands on disk at that moment, and a store that takes nothing more of the
/// process that died.
package struct TurnTrial {
  private let seed: UInt64
  private let folder: String
  private let base: any TableStore
  private let plan: TurnPlan
  private var generator: SeededGenerator
  private let shape: WriteShape
  private var processes = 0

  /// A trial on a store in which there is no table of the plan.
  package init(seed: UInt64, in folder: String, _ base: any TableStore) {
    self.seed = seed
    self.folder = folder
    self.base = base
    generator = SeededGenerator(seed: seed)
    plan = TurnPlan(&generator)
    shape = WriteShape(
      unitsPerCall: Int.random(in: 1...4, using: &generator),
      concurrentCalls: Int.random(in: 1...3, using: &generator))
  }

  /// Tries it.
  package mutating func run() async throws {
    try await base.create(TurnPlan.table)
    if !plan.start.isEmpty { try await base.put(plan.start, into: TurnPlan.table.name) }
    let start = try await contents()
    let end = try await wholeEnd(from: start)
    var commands: [String] = []
    for _ in 0..<Int.random(in: 3...9, using: &generator) {
      let command = ["run", "resume", "rollback", "redo"].randomElement(using: &generator) ?? "run"
      commands.append(command)
      try await process(command, dies: true)
    }
    let words = Comment(rawValue: "seed \(seed): \(commands.joined(separator: ", "))")
    // What has written nothing, or was redone when nothing had been written, has no rollback yet.
    let found = try await process("look", dies: false)
    if found?.appliedBy == nil { try await process("resume", dies: false) }
    if found?.position.state == .incomplete { try await process("retry", dies: false) }
    for _ in 0..<2 {
      if try await process("look", dies: false)?.position.state != .rolledBack {
        try await process("rollback", dies: false)
      }
      #expect(try await contents() == start, words)
      try await process("redo", dies: false)
      try await process("retry", dies: false)
      #expect(try await contents() == end, words)
      #expect(try await process("look", dies: false)?.position.state == .applied, words)
    }
    try await look(words)
  }

  /// What the plan makes of the tables when nobody dies, by another journal; the tables are put back.
  private mutating func wholeEnd(from start: [String]) async throws -> [String] {
    let whole = folder + "/whole"
    let process = try TurnProcess(whole, base, shape)
    #expect(try await process.run("run", plan) == nil)
    let end = try await contents()
    #expect(try await process.run("rollback", plan) == nil)
    #expect(try await contents() == start, "seed \(seed)")
    return end
  }

  private func contents() async throws -> [String] {
    var lines: [String] = []
    try await TableReader(base).forEachPage(of: TurnPlan.table.name) { items in
      lines += items.map { DynamoDBJSON.text($0) }
      return true
    }
    return lines.sorted()
  }

  /// One process: it opens the journal that the last one left, and dies somewhere or comes to its end.
  @discardableResult
  private mutating func process(_ command: String, dies: Bool) async throws -> RunFold? {
    let home = folder + "/process-\(processes)"
    processes += 1
    let next = folder + "/process-\(processes)"
    let process = try TurnProcess(home, base, shape)
    if dies {
      process.death.set(
        afterEvents: Int.random(in: 1...30, using: &generator),
        isAtWrite: Int.random(in: 0..<3, using: &generator))
    }
    let problem = try await process.run(command, plan)
    if !process.death.isDead { process.death.leave(next) }
    let isAllowed = problem == nil || dies && problem != "conflicts"
    #expect(isAllowed, "seed \(seed): \(command): \(problem ?? "")")
    return try await process.fold()
  }

  private mutating func look(_ words: Comment) async throws {
    let journal = try Journal(path: folder + "/process-\(processes)/journal.sqlite", for: .read)
    _ = try await journal.verify()
    let run = try await journal.run(named: "latest")
    #expect(run.passedOver.isEmpty, words)
    let states = try await journal.changeStates(of: run.number)
    #expect(states.toUndoCount == plan.count && states.toLookAtForUndoCount == plan.count, words)
    #expect(states.openCount == 0 && states.toRedoCount == 0 && states.failureCount == 0, words)
  }
}

/// A process with a journal of its own and a store that it shares with those before it.
private final class TurnProcess: Sendable {
  let death: TurnDeath
  private let journal: Journal
  private let environment: RunEnvironment

  init(_ folder: String, _ base: any TableStore, _ shape: WriteShape) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let death = TurnDeath(folder)
    self.death = death
    journal = try Journal(
      path: folder + "/journal.sqlite",
      for: .append(ActorIdentity(user: "alice", host: "here", tool: "test 1")),
      clock: {
        death.appending()
        return Timestamp.now()
      })
    var faults = FaultyStore.Faults()
    faults.before = { _, _, _ in try death.writing(isBefore: true) }
    faults.after = { _ in try death.writing(isBefore: false) }
    environment = RunEnvironment(
      store: FaultyStore(base, shape: shape, faults: faults), target: "test", journal: journal,
      inputs: TurnInputs(), stop: StopSignal(), tool: "test 1", progress: { _ in }, confirm: { _ in "test" })
  }

  func fold() async throws -> RunFold? {
    try await journal.runs().isEmpty ? nil : try await journal.run(named: "latest")
  }

  private static func problem(_ result: RollbackResult) -> String? {
    result.preview.conflictCount > 0 ? "conflicts" : problem(result.result.end)
  }

  private static func problem(_ end: RunEnd) -> String? { end == .done ? nil : "\(end)" }

  /// - Returns: what was refused, or a conflict where there can be none; nil when it went well.
  func run(_ command: String, _ plan: TurnPlan) async throws -> String? {
    let request = RunRequest(makesBackups: false, retryFailed: command == "retry")
    do {
      if command == "look" { return nil }
      let runner = Runner(environment, plan, request)
      guard let handle = try await fold()?.handle else {
        return Self.problem(try await runner.run(Settings(variables: [:])).end)
      }
      switch command {
      case "rollback": return Self.problem(try await Rollback(environment, policy: .stop).run(handle))
      case "redo": return Self.problem(try await Redo(environment).run(handle))
      default: return Self.problem(try await runner.resume(handle, variables: [:]).end)
      }
    } catch let refusal as Refusal {
      return "\(refusal)"
    } catch let error as JournalError {
      if case .moveNotAllowed = error { return "\(error)" }
      throw error
    }
  }
}

/// Where a process dies.
private final class TurnDeath: @unchecked Sendable {
  // The lock guards the fields below.
  private let lock = NSLock()
  private var eventsLeft = Int.max
  private var kind = 0
  private var dead = false
  private let folder: String

  init(_ folder: String) { self.folder = folder }

  var isDead: Bool { lock.withLock { dead } }

  /// - Parameter isAtWrite: 0 for a death at an append, 1 before a write, 2 after one.
  func set(afterEvents count: Int, isAtWrite kind: Int) {
    lock.withLock {
      eventsLeft = count
      self.kind = kind
    }
  }

  func appending() {
    lock.withLock { if kind == 0 { step() } }
  }

  func writing(isBefore: Bool) throws {
    let isDead = lock.withLock {
      if kind == (isBefore ? 1 : 2) { step() }
      return dead
    }
    // Nobody hears any more what comes of it.
    if isDead { throw FaultyStore.lost }
  }

  private func step() {
    eventsLeft -= 1
    guard eventsLeft == 0 else { return }
    dead = true
    copy(to: next)
  }

  private var next: String {
    guard let dash = folder.lastIndex(of: "-"), let number = Int(folder[folder.index(after: dash)...]) else {
      return folder + "-next"
    }
    return folder[..<dash] + "-\(number + 1)"
  }

  /// A process that came to its end leaves its journal, too.
  func leave(_ place: String) { copy(to: place) }

  private func copy(to place: String) {
    let files = FileManager.default
    do {
      try files.createDirectory(atPath: place, withIntermediateDirectories: true)
      for name in ["journal.sqlite", "journal.sqlite-wal"] where files.fileExists(atPath: "\(folder)/\(name)")
      {
        try files.copyItem(atPath: "\(folder)/\(name)", toPath: "\(place)/\(name)")
      }
    } catch { Issue.record("the journal can't be copied: \(error)") }
  }
}

private struct TurnInputs: InputSource {
  func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
    throw InputError(source: request.source, reason: "there is no reply")
  }
}
