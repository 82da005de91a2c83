import Foundation
import TestSupport
import Testing

/// The built program works on a server that keeps its data, and either of the two is killed with SIGKILL at random
/// moments; the server is started again and the run resumed until it is done.
@Suite(.serialized) struct ServerKillTests {
  private static let operators = 400
  private static let kills = 12
  /// As in `KillTests`; a run on a server has no use for kills before it plans.
  private static let phases: [(line: String, letRun: ClosedRange<Int>)] = [
    ("planning", 0...150), ("backing up", 0...50), ("applying", 0...600), ("undoing", 0...600),
  ]

  /// Who dies.
  private enum Victim: CaseIterable {
    case program
    case server
    case both
  }

  @Test(
    "killed at any moment, program, server or both, a run ends as if nothing had happened, and so does its rollback"
  )
  func killedAndResumed() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("server kill test: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    try await withTemporaryFolder { folder in
      let data = OperatorData(folder: folder, count: Self.operators)
      try data.write()
      let reference = try await Reference.make(data)
      try await withServer(in: folder) { server in
        let environment = data.environment.merging(["SPARTA_TARGET": server.url]) { $1 }
        try await data.load(Product(in: folder, environment: environment))
        var kills: [String: Int] = [:]
        var round = 0
        while kills.values.reduce(0, +) < Self.kills {
          round += 1
          try #require(round <= 40, "nobody is ever caught at work: \(kills)")
          let home = "\(folder)/round-\(round)"
          try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
          let product = Product(in: home, environment: environment)
          let run = ["run", "06_add_wallet_to_operators", "--yes"]
          try await reach(run, phases: 0...2, product, server, &generator, &kills)
          try await reference.expectApplied(product)
          try await reach(
            ["rollback", "latest", "--yes"], phases: 3...3, product, server, &generator, &kills)
          try await reference.expectRolledBack(product)
        }
        print("server kill test: \(round) rounds, kills \(kills)")
        for victim in Victim.allCases {
          #expect(kills.keys.contains { $0.hasPrefix("\(victim) ") }, "no kill of \(victim)")
        }
      }
    }
  }

  /// Runs `body` beside a server that keeps its data over a kill.
  private func withServer(in folder: String, _ body: (Emulator) async throws -> Void) async throws {
    let place = folder + "/server"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let server = try await Emulator.start(.roto, in: place)
    let result: Result<Void, any Error>
    do { result = .success(try await body(server)) } catch { result = .failure(error) }
    await server.kill()
    try result.get()
  }

  /// Runs the command, kills a few times on the way, resumes it until it is done.
  private func reach(
    _ command: [String], phases: ClosedRange<Int>, _ product: Product, _ server: Emulator,
    _ generator: inout SeededGenerator, _ kills: inout [String: Int]
  ) async throws {
    var arguments = command
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let phase = try #require(Self.phases[phases].randomElement(using: &generator))
      // Who was killed least so far.
      let victim = try #require(Victim.allCases.min { count($0, kills) < count($1, kills) })
      let delay = Int.random(in: phase.letRun, using: &generator)
      let (outcome, isCaught) = try await kill(victim, arguments, after: phase.line, delay, product, server)
      // A server that comes back in time is waited for; else the run is interrupted.
      let expected: [Int32] = !isCaught ? [0] : victim == .server ? [0, 3] : [-SIGKILL]
      #expect(expected.contains(outcome.status), "\(victim) in '\(phase.line)': \(outcome.errors)")
      if isCaught { kills["\(victim) \(phase.line)", default: 0] += 1 }
      guard let next = try await product.next(after: command) else { return }
      arguments = next
    }
    let outcome = try await product.run(arguments)
    #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
  }

  private func count(_ victim: Victim, _ kills: [String: Int]) -> Int {
    kills.reduce(0) { $0 + ($1.key.hasPrefix("\(victim) ") ? $1.value : 0) }
  }

  /// Starts the program, kills the victim in the middle, and starts the server again.
  private func kill(
    _ victim: Victim, _ arguments: [String], after line: String, _ milliseconds: Int, _ product: Product,
    _ server: Emulator
  ) async throws -> (outcome: Shell.Outcome, isCaught: Bool) {
    try await withTemporaryFolder { scratch in
      let child = try await product.start(arguments, scratch: scratch)
      while child.isRunning, try !child.errors().contains(line) {
        try await Task.sleep(for: .milliseconds(1))
      }
      try await Task.sleep(for: .milliseconds(milliseconds))
      if victim != .program && child.isRunning { await server.kill() }
      // One that ended by itself meanwhile was not caught, whatever it had seen of the server's end.
      let isCaught = child.isRunning
      if victim != .server { child.send(SIGKILL) }
      if server.processIdentifier == nil { try await server.start() }
      let status = try await child.wait()
      let outcome = Shell.Outcome(status: status, output: try child.output(), errors: try child.errors())
      return (outcome, isCaught && (victim == .server || status == -SIGKILL))
    }
  }
}
