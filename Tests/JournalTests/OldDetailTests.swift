import DynamoJournalEvents
import TestSupport
import Testing

@Suite("Journals from before backups had kinds and runs had costs")
struct OldDetailTests {
  private static let counts =
    #"{"applied":0,"compensated":0,"failed":0,"inDoubt":0,"notes":0,"pending":0,"planned":0}"#

  /// The events of a run as they were written then.
  private static let events: [(EventKind, String)] = [
    (.sealed, #"{"changes":0,"counters":[],"digest":"sha256:00","tally":[],"units":0}"#),
    (.backedUp, #"{"arn":"arn:x","lostOnRestore":{"stream":"on"},"name":"n","sizeBytes":7,"table":"t"}"#),
    (.applyStarted, #"{"confirmedBy":"--yes","digest":"sha256:00"}"#),
    (.interrupted, #"{"cause":"signal","drained":true,"message":"stopped"}"#),
    (.resumed, #"{"retryFailed":false}"#),
    (.finished, #"{"counts":\#(counts),"state":"applied"}"#),
  ]

  @Test("they are read, without a kind and without a cost")
  func old() async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(
        path: folder + "/journal.sqlite", for: .append(JournalSample.actor), clock: { JournalSample.time })
      let run = try await journal.start(JournalSample.started)
      for (kind, detail) in Self.events {
        var draft = EventDraft(kind)
        draft.detail = Array(detail.utf8)
        try await journal.append([draft], run: run)
      }
      let fold = try await journal.run(run)
      let backup = BackedUpDetail(
        table: "t", name: "n", arn: "arn:x", sizeBytes: 7, lostOnRestore: ["stream": "on"])
      #expect(fold.position.state == .applied && fold.backups == [backup])
      #expect(fold.cost == nil && fold.finished?.cost == nil)
    }
  }

  @Test("the costs of a run's events add up")
  func costs() {
    var one = TargetCost()
    one.requests = 2
    one.throttles = ["A": 1]
    one.readUnits = 0.5
    var other = one
    other.throttles = ["A": 2, "B": 1]
    other.retries = 3
    let sum = one + other
    #expect(sum.requests == 4 && sum.retries == 3 && sum.readUnits == 1 && sum.writeUnits == 0)
    #expect(sum.throttles == ["A": 3, "B": 1])
  }
}
