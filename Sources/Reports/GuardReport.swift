import DynamoJournalProgram
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// The guard of one table, as text and JSON.
package struct GuardReport: Sendable {
  private let claim: GuardClaim
  private let now: Int64

  /// A claim as it was found.
  ///
  /// - Parameter now: microseconds since 1970, UTC.
  package init(_ claim: GuardClaim, now: Int64) {
    self.claim = claim
    self.now = now
  }

  /// One line: table, state, holder, run, fencing number, where the journal stood. Another program may have written anything
  /// into a guard, so what could steer a terminal is shown as escapes.
  package var line: String {
    let mark = claim.mark.map { "  journal \($0.journal) at \(Plural.count(Int($0.size), "event"))" } ?? ""
    let reason = claim.reason.map { "  \($0)" } ?? ""
    return Printable.text("\(claim.table)  \(state)  \(holder)  fence \(claim.fence)\(mark)\(reason)")
  }

  /// Owner and run.
  package var holder: String { "\(claim.holder)" }

  /// All but the token, which is nobody else's business.
  package var json: JSONValue {
    [
      "table": .string(claim.table), "state": .string(claim.state.rawValue), "expired": .bool(isExpired),
      "owner": .string(claim.holder.owner), "journal": .string(claim.holder.journal),
      "run": .string(claim.holder.run), "fence": .number(claim.fence), "expiresAt": .string(expiry),
      "mark": mark, "reason": .text(claim.reason),
    ]
  }

  private var isExpired: Bool { claim.state == .held && now > claim.expiresAt }

  private var state: String {
    claim.state == .released ? "released" : isExpired ? "expired \(expiry)" : "held until \(expiry)"
  }

  /// A damaged guard may hold any number.
  private var expiry: String { Timestamp.text(min(max(0, claim.expiresAt), Self.latest)) }
  /// The end of the year 9999.
  private static let latest: Int64 = 253_402_300_799_999_999

  private var mark: JSONValue {
    guard let mark = claim.mark else { return .null }
    return ["journal": .string(mark.journal), "head": .string(mark.head), "size": .number(mark.size)]
  }
}
