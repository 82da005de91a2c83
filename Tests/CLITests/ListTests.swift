import Foundation
import TestSupport
import Testing

@testable import SpartaJournalCommands

/// An object of `list --format json`.
private struct Listed: Decodable {
  struct Actor: Decodable, Equatable {
    let user: String
    let host: String
  }

  let migration: String
  let state: String
  let isPartial: Bool
  let run: String?
  let at: String?
  let actor: Actor?
  let version: Int
  let codeDigest: String
  let runVersion: Int?
  let runCodeDigest: String?
  let code: String?
}

@Suite("list") struct ListTests {
  private func listed(_ product: Product, _ name: String = rekeying) async throws -> Listed {
    let all: [Listed] = try await product.run("list", "--format", "json").decoded()
    return try #require(all.first { $0.migration == name })
  }

  private func row(_ product: Product, _ name: String = rekeying) async throws -> String {
    let outcome = try await product.run("list")
    // 4: what a test has rewritten does not verify any more, and is shown all the same.
    #expect([0, 4].contains(outcome.status), "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    return String(try #require(lines.first { $0.hasPrefix(name) }))
  }

  @Test("a migration is pending, planned only, applied by whom and when, and rolled back")
  func states() async throws {
    try await withOperators { data in
      let product = data.product()
      let pending = try await listed(product)
      #expect(pending.state == "pending" && pending.run == nil && pending.at == nil && pending.code == nil)
      #expect(try await row(product).contains(" pending "))
      try await product.succeed("run", rekeying, "--dry-run")
      #expect(try await listed(product).state == "planned")
      #expect(try await row(product).contains(" planned only "))
      let run: RunAnswer = try await product.run("resume", "latest", "--format", "json").decoded()
      let applied = try await listed(product)
      #expect(applied.state == "applied" && applied.run == run.run && applied.at == run.finishedAt)
      #expect(applied.code == "same" && applied.runVersion == applied.version && !applied.isPartial)
      #expect(applied.runCodeDigest == applied.codeDigest)
      let actor = try #require(applied.actor)
      #expect(try await row(product).contains("\(actor.user)@\(actor.host)"))
      try await product.succeed("rollback", "latest")
      let undone = try await listed(product)
      #expect(undone.state == "rolledBack" && undone.run == run.run && undone.code == nil)
      #expect(try await row(product).contains(" rolled back "))
    }
  }

  @Test("a run with a limit applies a part")
  func part() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--limit", "2")
      #expect(try await listed(data.product()).isPartial)
      #expect(try await row(data.product()).contains(" applied in part "))
      try await data.product().succeed("run", rekeying)
      #expect(try await !listed(data.product()).isPartial)
    }
  }

  @Test("a run with a conflict is incomplete")
  func incomplete() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      try await data.change(0)
      #expect(try await data.product().run("resume", "latest").status == 1)
      #expect(try await listed(data.product()).state == "incomplete")
      #expect(try await row(data.product()).contains(" incomplete ("))
    }
  }

  @Test("a run that was stopped or killed while it wrote is interrupted", arguments: [SIGINT, SIGKILL])
  func interrupted(signal: Int32) async throws {
    try await untilCaught(operators: 1_000) { data in
      let product = data.product()
      let outcome = try await interrupt(
        product, ["run", rekeying], at: "applying \(2 * data.owned) changes", [signal])
      if outcome.status == 0 { return false }
      let stopped = try await listed(product)
      #expect(stopped.state == "interrupted" && stopped.code == "same")
      #expect(try await row(product).contains(" interrupted "))
      try await product.succeed("resume")
      #expect(try await listed(product).state == "applied")
      return true
    }
  }

  @Test("code that has changed since is shown, and what an older journal does not tell is unknown")
  func changed() async throws {
    try await withOperators { data in
      let product = data.product()
      try await product.succeed("run", rekeying)
      try JournalSample.rewriteStarted(data.journal, as: "json_set(detail, '$.codeDigest', 'sha256:old')")
      #expect(try await listed(product).code == "changed")
      #expect(try await row(product).contains(" changed since (version 2, other code) "))
      try JournalSample.rewriteStarted(data.journal, as: "json_remove(detail, '$.codeDigest')")
      let unknown = try await listed(product)
      #expect(unknown.code == "unknown" && unknown.runCodeDigest == nil)
      try JournalSample.rewriteStarted(data.journal, as: "json_set(detail, '$.version', 0)")
      #expect(try await listed(product).code == "changed")
      #expect(try await row(product).contains(" changed since (version 0 → 2) "))
    }
  }

  @Test("AWS without an account is the one that the journal has runs in")
  func aws() throws {
    let aws = Target.aws(nil)
    let runs = ["local:x", "aws:1:eu-west-2", "aws:1:eu-west-2"]
    #expect(try aws.name(among: runs) == "aws:1:eu-west-2")
    #expect(try aws.name(among: ["local:x"]) == "aws")
    #expect(try Target("aws:2:us-east-1").name(among: runs) == "aws:2:us-east-1")
    #expect(try Target("local:y").name(among: runs) == "local:y")
    #expect(throws: (any Error).self) { try aws.name(among: runs + ["aws:2:eu-west-2"]) }
  }
}
