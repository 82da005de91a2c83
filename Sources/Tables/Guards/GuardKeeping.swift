/// Where the guard items of a target are kept: one for each table that is migrated.
///
/// What a store of guards has to do is little: give the claims as they are now, and put one in the place of another while
/// that is still there. Who may do what is decided by `GuardRules`. Functions throw `StoreError` and what they name.
package protocol GuardKeeping: Sendable {
  /// All claims, sorted by table; a consistent read.
  func claims() async throws -> [GuardClaim]

  /// The table's claim, or nil when there never was one; a consistent read.
  func claim(on table: String) async throws -> GuardClaim?

  /// Puts `new` in the place of `old` (nil: where there is none) if that is what is there.
  func replace(_ old: GuardClaim?, with new: GuardClaim) async throws -> GuardReplacement

  /// From here on the store itself refuses each write, with the code `GuardLost`, once one of these claims was lost. No
  /// claims end that. A store that can't look inside its own write does nothing; `GuardLease.check` is its guard.
  func hold(_ claims: [GuardClaim]) async
}

/// What came of putting one claim in the place of another.
package enum GuardReplacement: Hashable, Sendable {
  /// It is there.
  case done
  /// Nothing was changed, since this was found instead.
  case found(GuardClaim?)
}

/// What came of taking a guard.
package enum GuardTake: Hashable, Sendable {
  /// It is ours. The claim before: of a run that ended, of ours that died, or of another whose lease had run out.
  case taken(GuardClaim, previous: GuardClaim?)
  /// Somebody else holds it.
  case held(by: GuardClaim)
}

extension GuardKeeping {
  /// Takes the guard of a table, or says who holds it.
  ///
  /// A claim can be taken when it was released, `GuardRules.clockSkew` after it expired, and at once by the same run of
  /// the same journal on the same machine: the process that held it is dead, since the journal's lock was free.
  ///
  /// - Parameter now: microseconds since 1970, UTC.
  package func take(
    _ table: String, by holder: GuardHolder, lease: Duration, now: Int64
  ) async throws -> GuardTake {
    var found = try await claim(on: table)
    for _ in 0..<Self.attempts {
      switch GuardRules.take(table, by: holder, found: found, lease: lease.microseconds, now: now) {
      case .held(let claim): return .held(by: claim)
      case .put(let claim):
        switch try await replace(found, with: claim) {
        case .done: return .taken(claim, previous: found)
        // A try of ours whose answer was lost.
        case .found(claim): return .taken(claim, previous: found)
        case .found(let other): found = other
        }
      }
    }
    throw StoreError.guardContested(table)
  }

  /// Holds a claim for another lease, and keeps where the journal stands if that is given.
  ///
  /// - Throws: `GuardLost` when it is ours no more.
  package func renew(
    _ claim: GuardClaim, lease: Duration, mark: GuardMark? = nil, now: Int64
  ) async throws -> GuardClaim {
    try await change(claim) {
      GuardRules.renewed($0, lease: lease.microseconds, now: now, mark: mark)
    }
  }

  /// Gives a claim back, and keeps where the journal stands if that is given.
  ///
  /// - Throws: `GuardLost` when it was ours no more.
  @discardableResult
  package func release(_ claim: GuardClaim, mark: GuardMark? = nil) async throws -> GuardClaim {
    try await change(claim) { GuardRules.released($0, mark: mark) }
  }

  /// Gives back a claim whose holder is gone, once it has expired.
  ///
  /// - Parameters:
  ///   - reason: why, and who says so; it is kept with the claim.
  ///   - now: microseconds since 1970, UTC.
  /// - Throws: `GuardHeld` before the claim has expired, `StoreError` when there is none.
  package func forceRelease(_ table: String, reason: String, now: Int64) async throws -> GuardClaim {
    for _ in 0..<Self.attempts {
      guard let found = try await claim(on: table), found.state == .held else {
        throw StoreError.notGuarded(table)
      }
      guard GuardRules.isFree(found, now: now) else { throw GuardHeld(claim: found, now: now) }
      let released = GuardRules.released(found, mark: nil, reason: reason)
      if case .done = try await replace(found, with: released) { return released }
    }
    throw StoreError.guardContested(table)
  }

  /// Changes a claim of ours, whatever an earlier try of ours has made of it.
  private func change(
    _ claim: GuardClaim, _ changed: (GuardClaim) -> GuardClaim
  ) async throws -> GuardClaim {
    var current = claim
    for _ in 0..<Self.attempts {
      let new = changed(current)
      switch try await replace(current, with: new) {
      case .done: return new
      case .found(new?): return new
      case .found(let found?) where found.state == .held && found.isSameTaking(as: claim): current = found
      case .found(let other): throw GuardLost(tables: [claim.table], cause: .replaced(by: other))
      }
    }
    throw StoreError.guardContested(claim.table)
  }

  /// Each attempt that fails is one that somebody else has won.
  private static var attempts: Int { 8 }
}

extension Duration {
  /// Whole microseconds.
  var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}
