import Foundation
import TestSupport
import Testing

@Suite("Ctrl-C, SIGTERM, and readers that leave", .serialized) struct SignalTests {
  private static let operators = 2_500

  /// Starts a command, sends a signal when it says `line`, and lets it end.
  private func interrupt(
    _ product: Product, _ arguments: [String], at line: String, _ signals: [Int32]
  ) async throws -> Shell.Outcome {
    try await withTemporaryFolder { scratch in
      let child = try product.start(arguments, scratch: scratch)
      while child.isRunning, try !child.errors().contains(line) { try await Task.sleep(for: .milliseconds(1)) }
      for signal in signals {
        child.send(signal)
        // Two of a kind that are pending at once count as one.
        while signals.count > 1, child.isRunning, try !child.errors().contains("stopping:") {
          try await Task.sleep(for: .milliseconds(1))
        }
      }
      return Shell.Outcome(status: await child.wait(), output: try child.output(), errors: try child.errors())
    }
  }

  @Test("one signal ends a run with what is under way journaled, and resume finishes it", arguments: [SIGINT, SIGTERM])
  func once(signal: Int32) async throws {
    try await withOperators(owned: Self.operators, idle: 0) { data in
      let product = data.product()
      let start = try await product.export(source)
      let outcome = try await interrupt(
        product, ["run", rekeying, "--format", "json"], at: "applying \(2 * Self.operators) changes", [signal])
      let answer: RunAnswer = try outcome.decoded()
      expectSentence(outcome, 3, ["stopped", "sparta-journal resume \(answer.run)"])
      #expect(answer.state == "interrupted")
      #expect(answer.counts["inDoubt"] == 0)
      let applied = try #require(answer.counts["applied"])
      #expect(try await product.export(target).count * 2 == applied)
      let resumed = try await product.run("resume", "--format", "json")
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try resumed.decoded(RunAnswer.self).counts["applied"] == 2 * Self.operators)
      #expect(try await product.export(target).count == Self.operators)
      let undoing = try await interrupt(
        product, ["rollback", "latest"], at: "undoing \(2 * Self.operators) changes", [signal])
      expectSentence(undoing, 3, ["sparta-journal resume \(answer.run)"])
      #expect(try await product.run("resume", "latest").status == 0)
      #expect(try await product.export(source) == start)
      try await product.succeed("audit", "verify")
    }
  }

  @Test("two signals end it at once, and the journal is right all the same")
  func twice() async throws {
    try await withOperators(owned: Self.operators, idle: 0) { data in
      let product = data.product()
      let outcome = try await interrupt(
        product, ["run", rekeying], at: "applying \(2 * Self.operators) changes", [SIGINT, SIGINT])
      #expect(outcome.status == 3, "\(outcome.errors)")
      try await product.succeed("audit", "verify")
      let shown: RunAnswer = try await product.run("show", "latest", "--format", "json").decoded()
      #expect(["interrupted", "applied"].contains(shown.state))
      if shown.state == "interrupted" { #expect(try await product.run("resume").status == 0) }
      #expect(try await product.export(target).count == Self.operators)
    }
  }

  @Test("a reader that leaves early ends a command without a word")
  func closedPipe() async throws {
    try await withOperators(owned: 1_000, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying)
      for command in ["audit --format json", "audit", "tables export \(target)", "report latest"] {
        let outcome = try await Shell.run(
          "/bin/sh", ["-c", "'\(Product.path)' \(command) | head -n 1"], environment: product.environment,
          folder: data.folder)
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(outcome.output.split(separator: "\n").count == 1)
      }
    }
  }

  @Test("an answer that can't be written is an error of its own, but a run stays what it is")
  func fullOutput() async throws {
    try await withOperators { data in
      func run(_ command: String) async throws -> Shell.Outcome {
        try await Shell.run(
          "/bin/sh", ["-c", "exec '\(Product.path)' \(command) > /dev/full"],
          environment: data.product().environment, folder: data.folder)
      }
      expectSentence(try await run("tables export \(source)"), 2, ["the answer can't be written"])
      expectSentence(try await run("run \(rekeying)"), 0, ["the answer can't be written"])
      expectSentence(try await run("audit --format json"), 2, ["the answer can't be written"])
      #expect(try await data.product().export(target).count == 12)
    }
  }
}
