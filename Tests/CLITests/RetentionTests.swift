import Foundation
import TestSupport
import Testing

@Suite("Keeping and letting go") struct RetentionTests {
  private struct Stored: Decodable {
    let name: String
    let table: String
    let run: String?
  }

  private struct Archived: Decodable {
    let runs: [String]
    let fileHead: String
    let head: String
    let blockedBy: String?
  }

  private func backups(_ product: Product) async throws -> [Stored] {
    let outcome = try await product.run("backups", "--format", "json")
    return outcome.output.isEmpty ? [] : try outcome.decoded()
  }

  @Test(
    "the backups of a run that has ended are deleted, journaled, and promised no more",
    arguments: [
      "on-demand", "export",
    ])
  func delete(kind: String) async throws {
    try await withOperators(owned: 3, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--backup", kind)
      let made = try await backups(product)
      #expect(made.count >= 2)
      expectSentence(try await product.run("backups", "delete", "--run", "latest"), 2, ["add --yes"])
      #expect(try await backups(product).count == made.count)
      try await product.succeed("backups", "delete", made[0].name, "--yes", "--reason", "OPS-1")
      #expect(try await backups(product).map(\.name) == made.dropFirst().map(\.name))
      try await product.succeed("backups", "delete", "--run", "latest", "--yes")
      #expect(try await backups(product).isEmpty)
      let plan = try await product.succeed("rollback-plan", "latest")
      #expect(plan.contains("the run made no backup that could be restored"))
      expectSentence(
        try await product.run("backups", "delete", "--run", "latest", "--yes"), 2, ["no backup any more"])
      expectSentence(
        try await product.run("backups", "delete", "nothing", "--yes"), 2, ["there is no backup 'nothing'"])
      try await product.succeed("audit", "verify")
      try await product.succeed("rollback", "latest")
    }
  }

  @Test("the only backup of a run that has not ended stays")
  func openRun() async throws {
    try await withOperators(owned: 4, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--dry-run")
      try await data.change(2)
      #expect(try await product.run("resume", "latest").status == 1)
      let made = try await backups(product)
      let outcome = try await product.run("backups", "delete", "--older-than", "0s", "--yes")
      expectSentence(outcome, 2, ["is incomplete", "its only backup of table", "nothing was deleted"])
      #expect(try await backups(product).map(\.name) == made.map(\.name))
      try await product.succeed("close", "latest", "--reason", "a test")
      try await product.succeed("backups", "delete", "--older-than", "0s", "--yes")
      #expect(try await backups(product).isEmpty)
    }
  }

  @Test("runs that are over go to a file that is read as a journal, and the journal tells where")
  func archive() async throws {
    try await withOperators(owned: 3, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying)
      let runs = try await product.succeed("runs", "--format", "json")
      let outcome = try await product.run(
        "runs", "archive", "--before", "0s", "--to", "old.sqlite", "--yes", "--format", "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let answer: Archived = try outcome.decoded()
      // The import that loaded the table is a run, too.
      #expect(answer.runs.count >= 1 && answer.blockedBy == nil)
      let run = try #require(answer.runs.last)
      #expect(runs.contains(run))
      #expect(try await product.succeed("audit", "verify").contains("intact"))
      let verified = try await product.succeed("audit", "verify", "--journal", "old.sqlite")
      #expect(verified.contains(answer.fileHead))
      expectSentence(try await product.run("show", run), 64, ["was archived to 'old.sqlite'", "--journal"])
      #expect(try await product.succeed("show", run, "--journal", "old.sqlite").contains("applied"))
      #expect(try await product.succeed("list").contains("applied"))
      expectSentence(
        try await product.run("journal", "archive", "--before", "0s", "--to", "more.sqlite", "--yes"), 2,
        ["nothing to archive"])
      let undone = try await product.run("rollback", run, "--journal", "old.sqlite")
      #expect(undone.status == 0, "\(undone.errors)")
      #expect(try await product.export(source).count == 3)
      // The guard knows what was done from the archive.
      expectSentence(try await product.run("run", rekeying), 4, ["it is a fork", "--accept-journal"])
      try await product.succeed("run", rekeying, "--accept-journal")
      try await product.succeed("audit", "verify")
    }
  }

  @Test("a head that was kept before is told to be in the archive")
  func oldHead() async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--dry-run")
      try await product.succeed("audit", "checkpoint", "--out", "early")
      let cut = try await product.succeed("audit", "verify")
      try await product.succeed("run", rekeying)
      try await product.succeed("audit", "checkpoint", "--out", "cut")
      try await product.succeed("runs", "archive", "--before", "0s", "--to", "old.sqlite", "--yes")
      #expect(try await product.run("audit", "verify", "--checkpoint", "cut").status == 0)
      #expect(
        try await product.run("audit", "verify", "--checkpoint", "cut", "--journal", "old.sqlite").status == 0
      )
      let early = try await product.run("audit", "verify", "--checkpoint", "early")
      #expect(early.status == 4 && early.errors.contains("old.sqlite"), "\(early.errors)")
      #expect(
        try await product.run("audit", "verify", "--checkpoint", "early", "--journal", "old.sqlite").status
          == 0)
      #expect(!cut.isEmpty)
    }
  }
}
