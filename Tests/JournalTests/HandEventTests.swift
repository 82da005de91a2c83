import TestSupport
import Testing

@testable import DynamoJournalEvents

@Suite("A hand on a run, in its fold")
struct HandEventTests {
  private let bob = OperatorAccount(uid: 501, user: "bob", host: "build-7", claims: ["sudo": "eve"])

  private func withRun(_ body: (Journal, Int64) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: folder + "/journal.sqlite", for: .append(JournalSample.actor))
      try await body(journal, try await journal.start(JournalSample.started))
    }
  }

  @Test("a pause stands until somebody ends it, also when the process dies, and not beyond a resume")
  func pause() async throws {
    try await withRun { journal, run in
      let asked = AskedDetail(by: bob, reason: "lunch")
      try await journal.append([try EventDraft(.paused, asked)], run: run)
      #expect(try await journal.run(run).pause?.detail == asked)
      try await journal.append([try EventDraft(.continued, AskedDetail(by: bob))], run: run)
      #expect(try await journal.run(run).pause == nil)
      try await journal.append([try EventDraft(.paused, asked)], run: run)
      let died = InterruptedDetail(cause: .died, drained: false, message: "m")
      try await journal.append([try EventDraft(.interrupted, died)], run: run)
      #expect(try await journal.run(run).pause?.detail == asked)
      try await journal.append([try EventDraft(.resumed, ResumedDetail(retryFailed: false))], run: run)
      #expect(try await journal.run(run).pause == nil)
      _ = try await journal.verify()
    }
  }

  @Test("a hold stands until it is released, and the last pace is kept beyond a resume")
  func holdAndPace() async throws {
    try await withRun { journal, run in
      let held = HeldDetail(cause: .command, message: "the lag is 40 s")
      let pace = PacedDetail(by: bob, maxWriteUnits: 12.5, concurrency: 4)
      try await journal.append(
        [try EventDraft(.held, held), try EventDraft(.paced, pace)], run: run)
      #expect(try await journal.run(run).hold?.detail == held)
      try await journal.append([try EventDraft(.released, held)], run: run)
      #expect(try await journal.run(run).hold == nil)
      let died = InterruptedDetail(cause: .died, drained: false, message: "m")
      try await journal.append(
        [try EventDraft(.interrupted, died), try EventDraft(.resumed, ResumedDetail(retryFailed: false))],
        run: run)
      #expect(try await journal.run(run).pace == pace)
      #expect(try await journal.run(run).passedOver.isEmpty)
    }
  }
}
