import TestSupport
import Testing

@Suite("A run on a server that is taken forward and back", .servers(.ministack), .serialized)
struct TurnServerTests {
  @Test(
    "killed anywhere and turned around anywhere, ends at its start or its end to the byte", arguments: 0..<8)
  func anywhere(round: Int) async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    try await withTemporaryFolder { folder in
      try await withServerStore(at: try Servers.server(.ministack).url, account: "2000000000\(10 + round)") {
        var trial = TurnTrial(seed: seed, in: folder, $0)
        try await trial.run()
      }
    }
  }
}
