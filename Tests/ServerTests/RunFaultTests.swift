import Foundation
import TestSupport
import Testing

/// A whole run of migration 06 by the built program, with something breaking on its way to the server: the run ends as on
/// the embedded store, and the program's counts are the proxy's.
@Suite("Runs over a line that breaks", .servers(.ministack, proxied: .ministack), .serialized)
struct RunFaultTests {
  @Test("what is refused, reset or late is sent again, and both sides count alike", arguments: Fault.before)
  func before(_ fault: Fault) async throws {
    try await FaultedRun.use { run in
      let tally = try await run.expectRight(fault, changes: 2 * run.data.units)
      #expect(tally.writesAnswered == run.data.units)
      switch fault.effect {
      case .refused:
        #expect(tally.failed == tally.fired)
        #expect(tally.made == tally.requests)
      case .unseen:
        // libcurl sends again by itself on a connection that was in use before, and says nothing of it.
        #expect(tally.failed <= tally.fired)
        #expect(tally.made <= tally.requests)
      case .late, .done:
        #expect(tally.failed == 0)
        #expect(tally.made == tally.requests)
        #expect(tally.fired == tally.requests)
      }
    }
  }

  @Test("a unit whose answer is lost is answered again under its token", arguments: Fault.after)
  func unitsAfter(_ fault: Fault) async throws {
    try await FaultedRun.use { run in
      let tally = try await run.expectRight(fault, changes: 2 * run.data.units)
      #expect(tally.failed == tally.fired)
      #expect(tally.writesAnswered == run.data.units)
      #expect(tally.made == tally.requests)
      #expect(try await run.applied().found == 0)
    }
  }

  @Test("a put whose answer is lost is found to be made, and is ours", arguments: Fault.after)
  func putsAfter(_ fault: Fault) async throws {
    try await FaultedRun.use { run in
      let tally = try await run.expectRight(fault, ["--keep-source"], changes: run.data.units)
      // A retry can be lost in its turn, so a put may be lost more often than it is found.
      let found = try await run.applied().found
      #expect(found > 0 && found <= tally.fired)
      #expect(tally.writesAnswered + found == run.data.units)
      #expect(tally.made == tally.requests)
      try await run.product.succeed("rollback", "latest", "--yes")
      #expect(try await run.direct.export(OperatorData.target) == [])
    }
  }

  @Test(
    "every migration comes to its end, and back, whatever call is hit",
    arguments: MigrationSpecimen.all, Fault.everywhere)
  func everyMigration(_ specimen: MigrationSpecimen, _ fault: Fault) async throws {
    let proxy = try Servers.proxy(.ministack)
    let expected = try await specimen.onEmbeddedStore()
    try await proxy.setRules([])
    let account = "\(Int.random(in: 100_000_000_000..<1_000_000_000_000))"
    try await withServerStore(at: proxy.url, account: account) { store in
      try await withTemporaryFolder { folder in
        let harness = try MigrationHarness(folder: folder, store: store)
        try await specimen.seed(harness)
        try await proxy.setRules(fault.rules)
        try await harness.cycle(
          specimen.migration, specimen.settings, planned: specimen.planned,
          plannedAgain: specimen.plannedAgain
        ) {
          let end = try await harness.dump()
          #expect(end == expected.end)
        }
        #expect(try await proxy.fired().count > 0, "nothing was broken")
        try await proxy.setRules([])
      }
    }
  }

  @Test("a server that hangs is given up and asked again")
  func hang() async throws {
    try await FaultedRun.use { run in
      let tally = try await run.expectRight(Fault.hang, changes: 2 * run.data.units)
      #expect(tally.fired == 3 && tally.failed >= 3)
    }
  }

  @Test("credentials that expire in the middle are fetched anew, and the run goes on")
  func expiredToken() async throws {
    try await withTemporaryFolder { folder in
      let program = folder + "/credentials"
      try Self.program.write(toFile: program, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
      try "[default]\ncredential_process = \(program)\n".write(
        toFile: folder + "/config", atomically: true, encoding: .utf8)
      let variables = [
        "AWS_CONFIG_FILE": folder + "/config", "AWS_PROFILE": "default", "COUNT_FILE": folder + "/count",
      ]
      try await FaultedRun.use(variables) { run in
        let tally = try await run.expectRight(
          Fault.expired("KEY1"), ["--profile", "default"], changes: 2 * run.data.units)
        #expect(tally.failed == tally.fired)
        let asked = try String(contentsOfFile: folder + "/count", encoding: .utf8).count
        #expect(asked == 2)
      }
    }
  }

  /// Hands out another key each time, and counts how often it was asked.
  private static let program = """
    #!/bin/sh
    printf x >>"$COUNT_FILE"
    asked=$(wc -c <"$COUNT_FILE")
    echo "{\\"Version\\":1,\\"AccessKeyId\\":\\"KEY$((asked))\\",\\"SecretAccessKey\\":\\"secret\\",\\"SessionToken\\":\\"token\\"}"
    """
}
