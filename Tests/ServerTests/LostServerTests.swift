import Foundation
import TestSupport
import Testing

@Suite("A server that is gone for good", .servers(.roto), .serialized)
struct LostServerTests {
  /// What is left to write lasts longer than the server.
  private static let slowly = ["--max-write-units", "100", "--concurrency", "\(concurrency)"]
  private static let concurrency = 4
  /// Attempts of one call in a budget of 2 seconds, on a machine that is never slow. In the usual 120 seconds there are
  /// 24 at least, since no delay is longer than 5.
  private static let attempts = 20

  @Test("the run is interrupted once the retry budget is spent, and goes on when the server is back")
  func gone() async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorData(folder: folder, count: 400)
      try data.write()
      let expected = try await embedded(data)
      let server = try Servers.server(.roto)
      try Folder.make(folder + "/wire")
      let product = Product(
        in: folder + "/wire", environment: data.environment.merging(["SPARTA_TARGET": server.url]) { $1 })
      try await data.load(product)
      let lost = try await loseServer(server, product)
      #expect(lost.status == 3, "\(lost.errors.suffix(2_000))")
      #expect(lost.errors.contains("go on with: sparta-journal resume"))
      let failures = lost.errors.split(separator: "\n").count { $0.contains("status=none") }
      #expect(failures > 0 && failures <= Self.concurrency * Self.attempts)
      let counts = try await answer(product, "interrupted").counts
      #expect(counts["applied", default: 0] > 0 && counts["inDoubt", default: 0] > 0)
      #expect(counts["failed"] == 0)

      let early = try await product.run("resume", "latest", "--yes")
      #expect(early.status == 2 && early.errors.contains("nobody answers"), "\(early.errors)")
      try await server.start()
      try await product.succeed("resume", "latest", "--yes")
      #expect(try await OperatorData.tables(product) == expected)
      #expect(try await answer(product, "applied").counts["applied"] == 2 * data.units)
      try await product.succeed("audit", "verify")
    }
  }

  private func embedded(_ data: OperatorData) async throws -> [String: [String]] {
    try Folder.make(data.folder + "/embedded")
    let product = Product(in: data.folder + "/embedded", environment: data.environment)
    try await data.load(product)
    try await product.succeed("run", FaultedRun.migration)
    return try await OperatorData.tables(product)
  }

  /// Starts the run, ends the server in the middle of it, and waits for the program to give it up.
  private func loseServer(_ server: Emulator, _ product: Product) async throws -> Shell.Outcome {
    try await withTemporaryFolder { scratch in
      let child = try await product.start(
        ["run", FaultedRun.migration, "--yes", "--verbose", "--retry-budget", "2"] + Self.slowly,
        scratch: scratch)
      while child.isRunning, try writes(in: child.errors()) < 20 {
        try await Task.sleep(for: .milliseconds(5))
      }
      await server.kill()
      return Shell.Outcome(
        status: try await child.wait(), output: try child.output(), errors: try child.errors())
    }
  }

  private func writes(in log: String) -> Int {
    log.split(separator: "\n").count { $0.contains("operation=TransactWriteItems") && $0.contains("units=") }
  }

  private struct Answer: Decodable {
    let state: String
    let counts: [String: Int]
  }

  private func answer(_ product: Product, _ state: String) async throws -> Answer {
    let output = try await product.succeed("show", "latest", "--format", "json")
    let answer = try JSONDecoder().decode(Answer.self, from: Data(output.utf8))
    #expect(answer.state == state)
    return answer
  }
}
