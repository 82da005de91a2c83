import Foundation
import DynamoJournalHTTP
import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

/// A wish to stop, in the middle of a write.
@Suite("A wish to stop ends every wait") struct InterruptionTests {
  private static let change = Change(
    table: "things", key: Key(["id": .string("a")]), before: nil, after: ["id": .string("a")])

  /// Writes one change, asks to stop once the server has had it, and says what came of it.
  private func stop(_ answer: StubAnswer) async throws -> CallStopped? {
    let interruption = Interruption()
    var configuration = DynamoDBClient.Configuration.patient
    // So long that the test would never end if the wait were not cut short.
    configuration.retry = RetryPolicy(
      maximumAttempts: .max, budget: .seconds(86_400), firstDelay: .seconds(500),
      longestDelay: .seconds(500))
    configuration.timing = Timing(
      elapsed: { .zero }, date: { Int64(Date().timeIntervalSince1970) },
      sleep: {
        interruption.request()
        try await Task.sleep(for: $0)
      }, random: { 0.9 })
    return try await withScript(
      ["DescribeTable": [.table()], "PutItem": [answer]], configuration: configuration,
      interruption: interruption
    ) { store, script in
      let stopped = await #expect(throws: CallStopped.self) { _ = try await store.write([[Self.change]]) }
      #expect(await script.count("PutItem") == 1)
      // What comes afterwards is not sent any more.
      let next = await #expect(throws: CallStopped.self) { _ = try await store.write([[Self.change]]) }
      #expect(next?.mayHaveHadEffect == false)
      #expect(await script.count("PutItem") == 1)
      return stopped
    }
  }

  @Test("what was throttled was not written, and what failed may have been")
  func backOff() async throws {
    #expect(try await stop(.error("ThrottlingException"))?.mayHaveHadEffect == false)
    #expect(try await stop(.error("InternalServerError", status: 500))?.mayHaveHadEffect == true)
  }

  @Test("a wait that has begun ends, and one that begins afterwards never does begin")
  func waits() async throws {
    let interruption = Interruption()
    let sleep = { @Sendable (time: Duration) async throws in try await Task.sleep(for: time) }
    let waiting = Task { try await interruption.sleep(.seconds(86_400), by: sleep) }
    interruption.request()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    await #expect(throws: CancellationError.self) {
      try await interruption.sleep(.seconds(86_400), by: sleep)
    }
    #expect(interruption.isRequested)
  }

  @Test("what is silent is cut off when the grace is over, and may have been written")
  func silence() async throws {
    let interruption = Interruption()
    var silent = StubAnswer.done
    silent.isSilent = true
    try await withScript(
      ["DescribeTable": [.table()], "PutItem": [silent]], configuration: .patient, interruption: interruption
    ) { store, script in
      await script.whenCalled { if $0.operation == "PutItem" { interruption.request() } }
      let stopped = await #expect(throws: CallStopped.self) { _ = try await store.write([[Self.change]]) }
      #expect(stopped?.mayHaveHadEffect == true)
    }
  }

  @Test("a guard is given back after the wish to stop, and no more is tried than once")
  func afterwards() async throws {
    let interruption = Interruption()
    try await withScript(
      ["ListTables": [.error("InternalServerError", status: 500)]], interruption: interruption
    ) { store, script in
      let besides = store.client.besides(retry: RetryPolicy(), requestTimeout: .seconds(10))
      interruption.request()
      await #expect(throws: CallFailure.cancelled) { _ = try await besides.call("ListTables", [:]) }
      #expect(await script.count("ListTables") == 1)
      await #expect(throws: CallFailure.cancelled) { _ = try await store.client.call("ListTables", [:]) }
      #expect(await script.count("ListTables") == 1)
    }
  }
}
