import Foundation
import TestSupport
import Testing

@Suite("On a terminal") struct TerminalTests {
  /// Runs a command on a terminal of its own and types a line; what it shows on standard output and error comes as one.
  private func run(_ data: OperatorFolder, _ command: String, typing line: String) async throws
    -> Shell.Outcome
  {
    var environment = data.product().environment
    environment["TERM"] = "xterm"
    return try await Shell.run(
      "/usr/bin/script", ["-qec", "'\(Product.path)' \(command)", "/dev/null"],
      input: Array((line + "\n").utf8),
      environment: environment, folder: data.folder)
  }

  @Test("the plan is shown and confirmed: a no leaves it planned, a yes applies it")
  func question() async throws {
    try await withOperators { data in
      let before = try await Snapshot.take(data)
      let no = try await run(data, "run \(rekeying)", typing: "n")
      #expect(no.status == 2, "\(no.output)")
      for part in [
        "24 changes in 12 units", "6 of 24 changes", "Apply 24 changes to local:", "[y/N", "not applied",
      ] {
        #expect(no.output.contains(part), "'\(part)' is missing in \(no.output)")
      }
      #expect(try await Snapshot.take(data).items == before.items)
      let planned: RunAnswer = try await data.product().run("show", "latest", "--format", "json").decoded()
      #expect(planned.state == "planned")
      #expect(planned.backups.isEmpty)
      let yes = try await run(data, "resume \(planned.run)", typing: "y")
      #expect(yes.status == 0, "\(yes.output)")
      let applied: RunAnswer = try await data.product().run("show", "latest", "--format", "json").decoded()
      #expect(applied.run == planned.run)
      #expect(applied.counts["applied"] == 24)
      let kept = try await run(data, "rollback latest", typing: "")
      #expect(kept.status == 2, "\(kept.output)")
      #expect(kept.output.contains("not undone"))
      #expect(try await data.product().export(target).count == 12)
      #expect(try await run(data, "rollback latest", typing: "yes").status == 0)
      #expect(try await Snapshot.take(data).items == before.items)
    }
  }

  @Test("--yes asks nothing")
  func yes() async throws {
    try await withOperators { data in
      let outcome = try await run(data, "run \(rekeying) --yes", typing: "n")
      #expect(outcome.status == 0, "\(outcome.output)")
      #expect(!outcome.output.contains("[y/N]"))
    }
  }
}
