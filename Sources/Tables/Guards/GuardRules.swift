/// Who may take a guard, and what it then says: pure functions of the claim that was found, the taker and the time.
package enum GuardRules {
  /// So much later than the expiry, in microseconds, may somebody else take over: the clocks of two hosts may be apart by
  /// as much. A holder counts its own time from before it asked, by a clock that nobody sets.
  package static let clockSkew: Int64 = 10_000_000

  /// What is to be done about a claim.
  package enum Decision: Hashable, Sendable {
    /// Put this one in its place, if it is still there.
    case put(GuardClaim)
    /// Nothing: somebody else holds it.
    case held(GuardClaim)
  }

  /// Whether `holder` may take the table's guard.
  ///
  /// - Parameters:
  ///   - found: the claim as it stands; nil when there never was one.
  ///   - lease: for how long, in microseconds.
  ///   - now: microseconds since 1970, UTC.
  package static func take(
    _ table: String, by holder: GuardHolder, found: GuardClaim?, lease: Int64, now: Int64
  ) -> Decision {
    let expiresAt = sum(now, lease)
    guard let found else {
      return .put(
        GuardClaim(table: table, holder: holder, fence: 1, expiresAt: expiresAt, mark: nil, state: .held))
    }
    guard isFree(found, now: now) || holder.continues(found.holder), found.fence < .max else {
      return .held(found)
    }
    return .put(
      GuardClaim(
        table: table, holder: holder, fence: found.fence + 1, expiresAt: expiresAt, mark: found.mark,
        state: .held))
  }

  /// Whether anybody may take the claim: it was released, or it has expired, whatever the clocks say.
  package static func isFree(_ claim: GuardClaim, now: Int64) -> Bool {
    claim.state == .released || now > sum(claim.expiresAt, clockSkew)
  }

  /// The claim for another lease; where the journal stands now is kept if it is given.
  package static func renewed(
    _ claim: GuardClaim, lease: Int64, now: Int64, mark: GuardMark?
  ) -> GuardClaim {
    var renewed = claim
    renewed.expiresAt = max(claim.expiresAt, sum(now, lease))
    renewed.mark = mark ?? claim.mark
    return renewed
  }

  /// The claim given back; where the journal stands now is kept if it is given.
  package static func released(_ claim: GuardClaim, mark: GuardMark?, reason: String? = nil) -> GuardClaim {
    var released = claim
    released.state = .released
    released.mark = mark ?? claim.mark
    released.reason = reason
    return released
  }

  /// A claim that somebody damaged may hold any number.
  private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, isTooLarge) = left.addingReportingOverflow(right)
    return isTooLarge ? .max : sum
  }
}
