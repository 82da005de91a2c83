import Foundation
import TestSupport
import Testing

@Suite("Ctrl-C, SIGTERM, and readers that leave", .serialized) struct SignalTests {
  @Test(
    "one signal ends a run with what is under way journaled, and resume finishes it",
    arguments: [SIGINT, SIGTERM])
  func once(signal: Int32) async throws {
    try await untilCaught { data in
      let product = data.product()
      let start = try await product.export(source)
      let changes = 2 * data.owned
      let outcome = try await interrupt(
        product, ["run", rekeying, "--format", "json"], at: "applying \(changes) changes", [signal])
      if outcome.status == 0 { return false }
      let answer: RunAnswer = try outcome.decoded()
      expectSentence(outcome, 3, ["stopped", "sparta-journal resume \(answer.run)"])
      #expect(answer.state == "interrupted")
      #expect(answer.counts["inDoubt"] == 0)
      #expect(try await product.export(target).count * 2 == answer.counts["applied"])
      let resumed = try await product.run("resume", "--format", "json")
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try resumed.decoded(RunAnswer.self).counts["applied"] == changes)
      #expect(try await product.export(target).count == data.owned)
      let undoing = try await interrupt(
        product, ["rollback", "latest"], at: "undoing \(changes) changes", [signal])
      if undoing.status == 0 { return false }
      expectSentence(undoing, 3, ["sparta-journal resume \(answer.run)"])
      let undone = try await product.run("resume", "latest")
      #expect(undone.status == 0, "\(undone.errors)")
      #expect(try await product.export(source) == start)
      try await product.succeed("audit", "verify")
      return true
    }
  }

  @Test("two signals end it at once, and the journal is right all the same")
  func twice() async throws {
    try await untilCaught { data in
      let product = data.product()
      let outcome = try await interrupt(
        product, ["run", rekeying], at: "applying \(2 * data.owned) changes", [SIGINT, SIGINT])
      if outcome.status == 0 { return false }
      #expect(outcome.status == 3, "\(outcome.errors)")
      try await product.succeed("audit", "verify")
      let shown: RunAnswer = try await product.run("show", "latest", "--format", "json").decoded()
      #expect(["interrupted", "applied"].contains(shown.state))
      if shown.state == "interrupted" {
        let resumed = try await product.run("resume")
        #expect(resumed.status == 0, "\(resumed.errors)")
      }
      #expect(try await product.export(target).count == data.owned)
      return true
    }
  }

  @Test(
    "a signal before the first change is undone ends a rollback with nothing written, and it is begun anew")
  func beforeARollback() async throws {
    try await untilCaught { data in
      try await data.product().succeed("run", rekeying)
      let before = try await Snapshot.take(data)
      let outcome = try await interrupt(data.product(), ["rollback", "latest"], at: "target", [SIGINT])
      if outcome.status == 0 || outcome.errors.contains("undoing") { return false }
      expectSentence(outcome, 3, ["nothing was undone"])
      #expect(try await Snapshot.take(data) == before)
      try await data.product().succeed("rollback", "latest")
      return true
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
