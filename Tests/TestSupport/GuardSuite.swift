import DynamoJournalTables
import Testing

/// What every keeper of guards must do; each case has a table's name of its own.
package struct GuardSuite: Sendable {
  /// One behaviour.
  package struct Case: Sendable, CustomTestStringConvertible {
    /// A sentence.
    package let name: String
    /// Tries it.
    package let run: @Sendable (GuardSuite) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (GuardSuite) async throws -> Void) {
      self.name = name
      self.run = run
    }

    /// The sentence.
    package var testDescription: String { name }
  }

  private let keeper: any GuardKeeping
  private let table: String

  private static let lease = Duration.seconds(60)
  private static let second: Int64 = 1_000_000
  private static let start: Int64 = 1_700_000_000_000_000
  /// The first moment at which somebody else may take over what was taken at the start.
  private static let takeOver = start + 70 * second + 1

  private static let alice = GuardHolder.sample("alice")
  private static let bob = GuardHolder.sample("bob")

  /// A suite on a keeper, with a name that no other case uses.
  package init(keeper: any GuardKeeping, table: String) {
    self.keeper = keeper
    self.table = table
  }

  /// All cases.
  package static let cases = [
    Case("a claim is kept as it was put") { try await $0.keepsClaims() },
    Case("two takers at once: one gets it, the other is told who") { try await $0.takesAtOnce() },
    Case("only after the expiry and the allowance for clocks does another take over") {
      try await $0.takesOver()
    },
    Case("who lost a guard can neither renew nor release it") { try await $0.refusesLoser() },
    Case("the same journal takes its guard again at once, for whichever run") { try await $0.takesAgain() },
    Case("a guard that was given back is free at once, and keeps the mark") { try await $0.releases() },
    Case("a guard is released by force only after it has expired") { try await $0.releasesByForce() },
    Case("a renewal whose answer was lost is renewed again") { try await $0.renewsAgain() },
  ]

  // MARK: The cases

  private func keepsClaims() async throws {
    let mark = GuardMark(journal: "j-1", head: "abc123", size: 77)
    let full = GuardClaim(
      table: table, holder: Self.alice, fence: 41, expiresAt: .max, mark: mark, state: .released,
      reason: "because \"so\"\n")
    #expect(try await keeper.claim(on: table) == nil)
    #expect(try await keeper.replace(nil, with: full) == .done)
    #expect(try await keeper.claim(on: table) == full)
    #expect(try await keeper.claims().filter { $0.table == table } == [full])
    var bare = full
    (bare.mark, bare.reason, bare.state) = (nil, nil, .held)
    #expect(try await keeper.replace(bare, with: full) == .found(full))
    #expect(try await keeper.replace(nil, with: bare) == .found(full))
    #expect(try await keeper.replace(full, with: bare) == .done)
    #expect(try await keeper.claim(on: table) == bare)
    #expect(try await keeper.replace(full, with: full) == .found(bare))
  }

  private func takesAtOnce() async throws {
    let takes = try await withThrowingTaskGroup(of: GuardTake.self) { group in
      for number in 0..<8 {
        group.addTask { try await take(GuardHolder.sample("taker \(number)"), at: Self.start) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let claims = takes.compactMap { if case .taken(let claim, previous: nil) = $0 { claim } else { nil } }
    let winner = try #require(claims.first)
    #expect(claims.count == 1 && winner.fence == 1)
    #expect(takes.filter { $0 == .held(by: winner) }.count == 7)
    #expect(try await keeper.claim(on: table) == winner)
  }

  private func takesOver() async throws {
    let first = try taken(await take(Self.alice, at: Self.start))
    for early in [Self.start, Self.start + 60 * Self.second, Self.takeOver - 1] {
      #expect(try await take(Self.bob, at: early) == .held(by: first.claim))
    }
    let second = try taken(await take(Self.bob, at: Self.takeOver))
    #expect(second.previous == first.claim && second.claim.fence == 2)
    #expect(second.claim.holder == Self.bob)
    #expect(try await take(Self.alice, at: Self.takeOver) == .held(by: second.claim))
  }

  private func refusesLoser() async throws {
    let first = try taken(await take(Self.alice, at: Self.start)).claim
    let second = try taken(await take(Self.bob, at: Self.takeOver)).claim
    let lost = GuardLost(tables: [table], cause: .replaced(by: second))
    let renewal = await #expect(throws: GuardLost.self) {
      _ = try await keeper.renew(first, lease: Self.lease, now: Self.takeOver)
    }
    #expect(renewal == lost && "\(lost)".contains("bob"))
    let release = await #expect(throws: GuardLost.self) { _ = try await keeper.release(first) }
    #expect(release == lost)
    #expect(try await keeper.claim(on: table) == second)
  }

  private func takesAgain() async throws {
    let first = try taken(await take(Self.alice, at: Self.start)).claim
    let again = GuardHolder(
      owner: "alice in another process", journal: Self.alice.journal, run: "another",
      token: Self.alice.token)
    let second = try taken(await take(again, at: Self.start + 1))
    #expect(second.claim.fence == 2 && second.previous == first)
    // The process before is dead, or is to be stopped.
    await #expect(throws: GuardLost.self) {
      _ = try await keeper.renew(first, lease: Self.lease, now: Self.start + 2)
    }
    let others = [
      GuardHolder(owner: "copy", journal: Self.alice.journal, run: Self.alice.run, token: "another file"),
      GuardHolder(owner: "no file", journal: Self.alice.journal, run: Self.alice.run, token: ""),
      GuardHolder(owner: "journal", journal: "another", run: Self.alice.run, token: Self.alice.token),
    ]
    for other in others { #expect(try await take(other, at: Self.start + 3) == .held(by: second.claim)) }
  }

  private func releases() async throws {
    let mark = GuardMark(journal: "j", head: "beef", size: 9)
    let first = try taken(await take(Self.alice, at: Self.start)).claim
    let renewed = try await keeper.renew(
      first, lease: Self.lease, mark: mark, now: Self.start + Self.second)
    #expect(renewed.expiresAt == Self.start + 61 * Self.second && renewed.mark == mark)
    let released = try await keeper.release(renewed)
    #expect(released.state == .released && released.mark == mark)
    let next = try taken(await take(Self.bob, at: Self.start + 2))
    #expect(next.previous == released && next.claim.fence == 2 && next.claim.mark == mark)
  }

  private func releasesByForce() async throws {
    await #expect(throws: StoreError.self) { _ = try await force(at: Self.start) }
    let first = try taken(await take(Self.alice, at: Self.start)).claim
    let held = await #expect(throws: GuardHeld.self) { _ = try await force(at: Self.takeOver - 1) }
    #expect(held?.claim == first && held?.seconds == 1)
    let released = try await force(at: Self.takeOver)
    #expect(released.state == .released && released.reason == "host burnt")
    #expect(try await keeper.claim(on: table) == released)
    let lost = await #expect(throws: GuardLost.self) {
      _ = try await keeper.renew(first, lease: Self.lease, now: Self.takeOver)
    }
    #expect(lost.map { "\($0)".contains("host burnt") } == true)
    await #expect(throws: StoreError.self) { _ = try await force(at: Self.takeOver) }
  }

  private func renewsAgain() async throws {
    let first = try taken(await take(Self.alice, at: Self.start)).claim
    let second = try await keeper.renew(first, lease: Self.lease, now: Self.start + 5)
    // Who never heard of the second goes on from the first.
    let third = try await keeper.renew(first, lease: Self.lease, now: Self.start + 9)
    #expect(second != third && third.expiresAt == first.expiresAt + 9)
    #expect(try await keeper.claim(on: table) == third)
  }

  // MARK: Short ways to ask

  private func take(_ holder: GuardHolder, at now: Int64) async throws -> GuardTake {
    try await keeper.take(table, by: holder, lease: Self.lease, now: now)
  }

  private func force(at now: Int64) async throws -> GuardClaim {
    try await keeper.forceRelease(table, reason: "host burnt", now: now)
  }

  private func taken(_ take: GuardTake) throws -> (claim: GuardClaim, previous: GuardClaim?) {
    guard case .taken(let claim, let previous) = take else { throw NotTaken(take: take) }
    return (claim, previous)
  }
}

/// A guard was not taken where it had to be.
struct NotTaken: Error { let take: GuardTake }

extension GuardHolder {
  /// Somebody with a journal and a run of their own.
  package static func sample(_ name: String = "alice") -> GuardHolder {
    GuardHolder(
      owner: "\(name)@host process 12", journal: "journal of \(name)", run: "06-\(name)",
      token: "token of \(name)")
  }
}
