import Foundation
import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

/// A pause and another pace, in the middle of calls.
@Suite("A client that is paused and paced") struct HeldClientTests {
  private static let change = Change(
    table: "things", key: Key(["id": .string("a")]), before: nil, after: ["id": .string("a")])

  /// So long that no test would end if a wait were not cut short.
  private static func configuration(sleeping: @escaping @Sendable () -> Void = {})
    -> DynamoDBClient.Configuration
  {
    var configuration = DynamoDBClient.Configuration.patient
    configuration.retry = RetryPolicy(
      maximumAttempts: .max, budget: .seconds(86_400), firstDelay: .seconds(500), longestDelay: .seconds(500))
    configuration.timing = Timing(
      elapsed: { .zero }, date: { Int64(Date().timeIntervalSince1970) },
      sleep: {
        sleeping()
        try await Task.sleep(for: $0)
      }, random: { 0.9 })
    return configuration
  }

  @Test("a write that backs off is given back at once, with whether it may have arrived")
  func backingOff() async throws {
    for (answer, mayHave) in [
      (StubAnswer.error("ThrottlingException"), false), (.error("InternalServerError", status: 500), true),
    ] {
      let control = WorkControl()
      try await withScript(
        ["DescribeTable": [.table()], "PutItem": [answer]],
        configuration: Self.configuration { control.setShut(true) }, control: control
      ) { store, script in
        let held = await #expect(throws: WriteHeld.self) {
          try await WorkControl.$givesBack.withValue(true) { _ = try await store.write([[Self.change]]) }
        }
        #expect(held?.mayHaveHadEffect == mayHave)
        #expect(await script.count("PutItem") == 1)
        // Nothing more is sent, and what is asked meanwhile has not been sent at all.
        let next = await #expect(throws: WriteHeld.self) {
          try await WorkControl.$givesBack.withValue(true) { _ = try await store.write([[Self.change]]) }
        }
        #expect(next?.mayHaveHadEffect == false)
        #expect(await script.count("PutItem") == 1)
      }
    }
  }

  @Test("a read waits until it may be sent, and its time does not count")
  func read() async throws {
    let control = WorkControl()
    control.setShut(true)
    try await withScript(
      ["DescribeTable": [.table()]], configuration: Self.configuration(), control: control
    ) { store, script in
      let reading = Task { try await store.describe("things") }
      // A call that may be sent all the while, before which the other would have been.
      for _ in 0..<5 { try await Task.sleep(for: .milliseconds(20)) }
      #expect(await script.count("DescribeTable") == 0)
      control.setShut(false)
      #expect(try await reading.value?.spec.name == "things")
    }
  }

  @Test("a wait for the pace ends when the pace is lifted, and another limit holds from then on")
  func pace() async throws {
    let control = WorkControl()
    control.setPace(WorkControl.Pace(writeUnits: 0.001))
    var configuration = Self.configuration()
    configuration.maximumWriteUnits = 0.001
    try await withScript(
      ["DescribeTable": [.table()], "PutItem": [.done]], configuration: configuration, control: control
    ) { store, script in
      // The first takes what was saved up, the second would wait for a quarter of an hour.
      let writing = Task {
        for _ in 0..<3 { _ = try await store.write([[Self.change]]) }
      }
      while await script.count("PutItem") < 1 { try await Task.sleep(for: .milliseconds(5)) }
      control.setPace(WorkControl.Pace())
      try await writing.value
      #expect(await script.count("PutItem") == 3)
    }
  }

  @Test(
    "a lower limit holds at once, a higher one too, and a rate that a throttle has cut is not lifted by it")
  func limits() {
    var pace = PaceController()
    pace.limit(.write, to: 10, at: 0)
    #expect(pace.rate(.write) == 10)
    pace.limit(.write, to: 1_000, at: 1)
    #expect(pace.rate(.write) == 1_000)
    pace.limit(.write, to: nil, at: 2)
    #expect(pace.rate(.write) == nil)
    for step in 0..<400 { pace.succeeded(.write, units: 1, keys: [], at: 2 + Double(step) / 100) }
    pace.throttled(.write, isHotKey: false, keys: [], at: 6)
    let cut = pace.rate(.write)
    pace.limit(.write, to: nil, at: 6)
    #expect(cut != nil && pace.rate(.write) == cut)
  }

  @Test("a batch that is refused for its size is cut until an item stands alone, and that one is named")
  func tooLarge() async throws {
    let refusal = StubAnswer.error("RequestEntityTooLarge")
    let items: [Item] = (0..<4).map { ["id": .string("\($0)")] }
    try await withScript([
      "DescribeTable": [.table()],
      "BatchWriteItem": [refusal, StubAnswer(bytes: Array("<html>".utf8), status: 413), .done],
    ]) { store, script in
      try await store.put(items, into: "things")
      let sizes = await script.bodies("BatchWriteItem").map {
        $0["RequestItems"]?["things"]?.arrayValue?.count ?? 0
      }
      // All, then a half which is cut again, and the other half.
      #expect(sizes == [4, 2, 1, 1, 2])
    }
    try await withScript(["DescribeTable": [.table()], "BatchWriteItem": [refusal]]) { store, script in
      await #expect(throws: StoreError.self) { try await store.put(items, into: "things") }
      #expect(await script.bodies("BatchWriteItem").last?["RequestItems"]?["things"]?.arrayValue?.count == 1)
    }
  }
}
