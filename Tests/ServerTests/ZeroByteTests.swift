import TestSupport
import Testing

/// On a connection that was in use before, libcurl sends a request again by itself when the answer's first byte does not
/// come, and nobody is told. The server here knows no tokens of transactions, so that only conditions can help.
@Suite("Answers cut at the first byte", .serialized)
struct ZeroByteTests {
  @Test(
    "writes that libcurl sends twice are found to be ours, and are undone",
    arguments: [[], ["--keep-source"]])
  func sentTwice(_ options: [String]) async throws {
    try await withTemporaryFolder { folder in
      for name in ["server", "proxy"] { try Folder.make("\(folder)/\(name)") }
      let server = try await Emulator.start(.roto, in: folder + "/server")
      let proxy = try await FaultProxy.start(.tcp, before: server, in: folder + "/proxy")
      let result: Result<Void, any Error>
      do {
        result = .success(
          try await FaultedRun.use(on: server, behind: proxy) { try await expectOurs($0, options) })
      } catch { result = .failure(error) }
      for process in [proxy.process, server] { await process.kill() }
      try result.get()
    }
  }

  private func expectOurs(_ run: FaultedRun, _ options: [String]) async throws {
    let changesOfUnit = options.isEmpty ? 2 : 1
    let start = try await OperatorData.tables(run.direct)
    let tally = try await run.expectRight(Fault.zeroBytes, options, changes: changesOfUnit * run.data.units)
    let found = try await run.applied().found
    #expect(found > 0 && found <= changesOfUnit * tally.fired)
    #expect(tally.writesAnswered + found / changesOfUnit == run.data.units)
    try await run.product.succeed("rollback", "latest", "--yes")
    #expect(try await OperatorData.tables(run.direct) == start)
  }
}
