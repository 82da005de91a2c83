import Foundation
import TestSupport
import Testing

/// The built program is killed with SIGKILL at random moments of every phase and resumed until it is done.
@Suite(.serialized) struct KillTests {
  private static let operators = 2_000
  private static let kills = 64
  /// What standard error says when a phase begins, and how long it may be let run on before the kill, in milliseconds.
  private static let phases: [(line: String, letRun: ClosedRange<Int>)] = [
    ("target", 0...120), ("planning", 0...400), ("backing up", 0...30), ("applying", 0...500),
    ("undoing", 0...500),
  ]

  @Test("killed at any moment and resumed, a run ends as if nothing had happened, and so does its rollback")
  func killedAndResumed() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("kill test: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    try await withTemporaryFolder { folder in
      let data = OperatorData(folder: folder, count: Self.operators)
      try data.write()
      let reference = try await Reference.make(data)
      var kills: [String: Int] = [:]
      var round = 0
      while kills.values.reduce(0, +) < Self.kills {
        round += 1
        try #require(round <= 200, "the program is never caught at work: \(kills)")
        let home = "\(folder)/round-\(round)"
        try FileManager.default.copyItem(atPath: reference.home, toPath: home)
        let product = Product(in: home, environment: data.environment)
        try await reach(
          ["run", "06_add_wallet_to_operators"], phases: 0...3, product, &generator, &kills)
        try await reference.expectApplied(product)
        try await reach(["rollback", "latest", "--yes"], phases: 4...4, product, &generator, &kills)
        try await reference.expectRolledBack(product)
        try FileManager.default.removeItem(atPath: home)
      }
      print("kill test: \(round) rounds, kills by phase \(kills)")
      for phase in Self.phases { #expect(kills[phase.line, default: 0] > 0, "no kill in '\(phase.line)'") }
    }
  }

  /// Runs the command, kills it a few times on the way, resumes it until it is done.
  private func reach(
    _ command: [String], phases: ClosedRange<Int>, _ product: Product, _ generator: inout SeededGenerator,
    _ kills: inout [String: Int]
  ) async throws {
    var arguments = command
    for _ in 0..<Int.random(in: 2...6, using: &generator) {
      // The phase that was hit least so far, since some are over in an instant.
      let phase = try #require(
        Self.phases[phases].min { kills[$0.line, default: 0] < kills[$1.line, default: 0] })
      let delay = Int.random(in: phase.letRun, using: &generator)
      let outcome = try await kill(product, arguments, after: phase.line, delay)
      if outcome.status == -SIGKILL {
        kills[phase.line, default: 0] += 1
      } else {
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      guard let next = try await product.next(after: command) else { return }
      arguments = next
    }
    let outcome = try await product.run(arguments)
    #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
  }

  private func kill(
    _ product: Product, _ arguments: [String], after line: String, _ milliseconds: Int
  ) async throws -> Shell.Outcome {
    try await withTemporaryFolder { scratch in
      let child = try await product.start(arguments, scratch: scratch)
      while child.isRunning, try !child.errors().contains(line) {
        try await Task.sleep(for: .milliseconds(1))
      }
      try await Task.sleep(for: .milliseconds(milliseconds))
      child.send(SIGKILL)
      return Shell.Outcome(
        status: try await child.wait(), output: try child.output(), errors: try child.errors())
    }
  }
}
