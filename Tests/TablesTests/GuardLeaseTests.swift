import Foundation
import TestSupport
import Testing

@testable import DynamoJournalTables

/// Two clocks that only tests move; who sleeps is woken when it is time.
private actor Hands {
  private var sleepers: [(until: Duration, wake: CheckedContinuation<Void, any Error>)] = []
  private let times = Locked((wall: Int64(1_700_000_000_000_000), elapsed: Duration.zero))

  nonisolated var clock: GuardLease.Clock {
    GuardLease.Clock(
      now: { self.times.withLock { $0.wall } }, elapsed: { self.times.withLock { $0.elapsed } },
      sleep: { try await self.sleep($0) })
  }

  /// How many sleep.
  var sleeping: Int { sleepers.count }

  /// Sets the time of day.
  nonisolated func setWall(back seconds: Int64) { times.withLock { $0.wall -= seconds * 1_000_000 } }

  /// Lets time pass.
  func pass(_ duration: Duration) {
    let now = times.withLock { times in
      times.wall += duration.microseconds
      times.elapsed += duration
      return times.elapsed
    }
    let awake = sleepers.filter { $0.until <= now }
    sleepers.removeAll { $0.until <= now }
    for sleeper in awake { sleeper.wake.resume() }
  }

  /// Ends all sleep, as a cancelled task's ends.
  func cancelAll() {
    for sleeper in sleepers { sleeper.wake.resume(throwing: CancellationError()) }
    sleepers = []
  }

  private func sleep(_ duration: Duration) async throws {
    let until = times.withLock { $0.elapsed } + duration
    try await withCheckedThrowingContinuation { sleepers.append((until, $0)) }
  }
}

/// A keeper that is out of reach when asked to be.
private actor ShakyKeeper: GuardKeeping {
  private let base: EmbeddedStore
  var isLost = false

  init(_ base: EmbeddedStore) { self.base = base }

  func lose(_ lost: Bool) { isLost = lost }

  private func reach() throws {
    if isLost { throw StoreError(.unavailable, code: "ConnectionFailed", "the network is down") }
  }

  func claims() async throws -> [GuardClaim] { try await base.claims() }
  func claim(on table: String) async throws -> GuardClaim? {
    try reach()
    return try await base.claim(on: table)
  }
  func replace(_ old: GuardClaim?, with new: GuardClaim) async throws -> GuardReplacement {
    try reach()
    return try await base.replace(old, with: new)
  }
  func hold(_ claims: [GuardClaim]) async { await base.hold(claims) }
}

@Suite("The lease of a run's guards")
struct GuardLeaseTests {
  private struct Bench {
    let store: EmbeddedStore
    let keeper: ShakyKeeper
    let hands = Hands()

    init(_ folder: String) throws {
      store = try EmbeddedStore(path: "\(folder)/tables.sqlite")
      keeper = ShakyKeeper(store)
    }

    func lease(_ tables: String..., by name: String = "alice") -> GuardLease {
      GuardLease(keeper, on: tables, for: .sample(name), clock: hands.clock)
    }
  }

  private func withBench(_ body: (Bench) async throws -> Void) async throws {
    try await withTemporaryFolder { try await body(Bench($0)) }
  }

  @Test("all tables or none, and whoever is in the way is named")
  func allOrNone() async throws {
    try await withBench { bench in
      let theirs = bench.lease("b", by: "bob")
      _ = try await theirs.take()
      let mine = bench.lease("c", "b", "a")
      let held = await #expect(throws: GuardHeld.self) { _ = try await mine.take() }
      #expect(held?.claim.table == "b" && held?.claim.holder == .sample("bob"))
      #expect(held.map { "\($0)".contains("bob@host") && "\($0)".contains("71 seconds") } == true)
      #expect(throws: GuardLost.self) { try mine.check() }
      #expect(try await bench.store.claims().map(\.state) == [.released, .held])
      try await theirs.release()
      #expect(try await mine.take().map(\.claim.table) == ["a", "b", "c"])
      try mine.check()
    }
  }

  @Test("nothing may be written before a lease is taken, or after it was given back")
  func notHeld() async throws {
    try await withBench { bench in
      let lease = bench.lease("a")
      #expect(throws: GuardLost(tables: ["a"], cause: .notHeld)) { try lease.check() }
      _ = try await lease.take()
      try lease.check()
      let mark = GuardMark(journal: "j", head: "h", size: 3)
      try await lease.release(mark: mark)
      #expect(throws: GuardLost(tables: ["a"], cause: .notHeld)) { try lease.check() }
      #expect(try await bench.store.claims().map(\.mark) == [mark])
    }
  }

  @Test("the mark of before is what is taken, and a new one is kept when it is recorded")
  func marks() async throws {
    try await withBench { bench in
      let mark = GuardMark(journal: "j", head: "h", size: 3)
      let first = bench.lease("a")
      _ = try await first.take()
      try await first.renew(mark: mark)
      try await first.release()
      let taken = try await bench.lease("a", by: "bob").take()
      #expect(taken.map(\.previous?.mark) == [mark] && taken.map(\.claim.mark) == [mark])
    }
  }

  @Test("a lease that is not renewed ends before anybody else may take the guard")
  func deadline() async throws {
    try await withBench { bench in
      let lease = bench.lease("a")
      _ = try await lease.take()
      await bench.hands.pass(.seconds(59))
      try lease.check()
      await bench.hands.pass(.seconds(1))
      #expect(throws: GuardLost(tables: ["a"], cause: .overdue(nil))) { try lease.check() }
      await #expect(throws: GuardHeld.self) { _ = try await bench.lease("a", by: "bob").take() }
      // Nobody took it, so it is still ours when it is renewed.
      try await lease.renew()
      try lease.check()
      await bench.hands.pass(.seconds(71))
      _ = try await bench.lease("a", by: "bob").take()
      let lost = await #expect(throws: GuardLost.self) { try await lease.renew() }
      #expect(lost.map { "\($0)".contains("bob@host") } == true)
      let checked = #expect(throws: GuardLost.self) { try lease.check() }
      #expect(checked == lost)
    }
  }

  @Test("renewed each third, again soon after a failure, and with the last reason when it is too late")
  func renewal() async throws {
    try await withBench { bench in
      let lease = bench.lease("a")
      _ = try await lease.take()
      let renewing = Task { await lease.renewUntilCancelled() }
      for _ in 0..<10 {
        try await nap(bench)
        await bench.hands.pass(.seconds(20))
      }
      try await nap(bench)
      try lease.check()
      await bench.keeper.lose(true)
      await bench.hands.pass(.seconds(20))
      for _ in 0..<7 {
        try await nap(bench)
        try lease.check()
        await bench.hands.pass(.seconds(5))
      }
      try await nap(bench)
      await bench.hands.pass(.seconds(5))
      let lost = #expect(throws: GuardLost.self) { try lease.check() }
      #expect(lost.map { "\($0)".contains("the network is down") } == true)
      try await nap(bench)
      await bench.keeper.lose(false)
      await bench.hands.pass(.seconds(5))
      try await nap(bench)
      try lease.check()
      renewing.cancel()
      await bench.hands.cancelAll()
      await renewing.value
    }
  }

  /// Waits until the renewal sleeps.
  private func nap(_ bench: Bench) async throws {
    while await bench.hands.sleeping == 0 { await Task.yield() }
  }

  @Test("a renewal ends when the guard is lost, and the next check says to whom")
  func loses() async throws {
    try await withBench { bench in
      let lease = bench.lease("a")
      _ = try await lease.take()
      let renewing = Task { await lease.renewUntilCancelled() }
      try await nap(bench)
      let claim = try #require(try await bench.store.claim(on: "a"))
      var other = claim
      (other.holder, other.fence) = (.sample("bob"), claim.fence + 1)
      #expect(try await bench.store.replace(claim, with: other) == .done)
      await bench.hands.pass(.seconds(20))
      await renewing.value
      #expect(throws: GuardLost(tables: ["a"], cause: .replaced(by: other))) { try lease.check() }
      await #expect(throws: GuardLost.self) { try await lease.release() }
      #expect(try await bench.store.claim(on: "a") == other)
    }
  }

  @Test("a clock that is set back does not let a claim expire for others while it lasts for us")
  func clockSetBack() async throws {
    try await withBench { bench in
      let lease = bench.lease("a")
      let first = try #require(try await lease.take().first).claim
      await bench.hands.pass(.seconds(30))
      bench.hands.setWall(back: 3_600)
      try await lease.renew()
      let renewed = try #require(try await bench.store.claim(on: "a"))
      #expect(renewed.expiresAt == first.expiresAt + 30_000_000)
    }
  }

  @Test("the embedded store fences whoever has a lease, and nobody after it was given back")
  func fences() async throws {
    try await withBench { bench in
      let lease = bench.lease("a")
      _ = try await lease.take()
      let key = KeySchema(partition: KeyAttribute("id", .string))
      try await bench.store.create(TableSpec(name: "before", key: key))
      let claim = try #require(try await bench.store.claim(on: "a"))
      var other = claim
      other.fence += 1
      #expect(try await bench.store.replace(claim, with: other) == .done)
      await #expect(throws: StoreError.self) {
        try await bench.store.create(TableSpec(name: "refused", key: key))
      }
      await #expect(throws: GuardLost.self) { try await lease.release() }
      try await bench.store.create(TableSpec(name: "after", key: key))
      #expect(try await bench.store.tables() == ["after", "before"])
    }
  }
}

/// Files of tests.
enum TestFile {
  static func write(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }
  static func copy(_ path: String, to copy: String) throws {
    try FileManager.default.copyItem(atPath: path, toPath: copy)
  }
  static func move(_ path: String, to new: String) throws {
    try FileManager.default.moveItem(atPath: path, toPath: new)
  }
}
