import DynamoJournalProgram

/// Somebody else works on a table.
package struct GuardHeld: Error, Hashable, Sendable {
  /// Their claim.
  package let claim: GuardClaim
  /// When it was found, in microseconds since 1970, UTC.
  package let now: Int64

  /// A claim that was found at that time.
  package init(claim: GuardClaim, now: Int64) {
    self.claim = claim
    self.now = now
  }

  /// After so many seconds it may be taken over, unless its holder renews it.
  package var seconds: Int64 {
    let (end, isTooLarge) = claim.expiresAt.addingReportingOverflow(GuardRules.clockSkew)
    let (left, isBeyond) = end.subtractingReportingOverflow(now)
    return isTooLarge || isBeyond ? .max / 1_000_000 : max(0, left / 1_000_000 + 1)
  }
}

extension GuardHeld: ExplainedError {
  package var explanation: Explanation {
    Explanation(
      "table '\(claim.table)' is guarded by \(claim.holder); nothing was written",
      "let that run end, or, if it is gone, try again in \(Plural.count(Int(seconds), "second"))")
  }
  package var errorClass: ErrorClass { .database }
  package var exitStatus: ExitStatus { .held }

}

/// The guard of a table was lost while a run worked on it.
package struct GuardLost: Error, Hashable, Sendable {
  /// How.
  package enum Cause: Hashable, Sendable {
    /// This was found in its place: another's claim, ours released by force, or nothing.
    case replaced(by: GuardClaim?)
    /// It could not be renewed in time, so another may have taken it by now; the last reason why, in words.
    case overdue(String?)
    /// It was never taken, or was given back.
    case notHeld
  }

  /// The tables whose guards were lost.
  package let tables: [String]
  /// How.
  package let cause: Cause

  /// A loss.
  package init(tables: [String], cause: Cause) {
    self.tables = tables
    self.cause = cause
  }
}

extension GuardLost: ExplainedError {
  package var explanation: Explanation {
    Explanation(
      "the guard of table \(tables.map { "'\($0)'" }.joined(separator: ", ")) was lost (\(why)); nothing more was written",
      "see '\(Program.command("guard show"))', then resume the run")
  }
  package var errorClass: ErrorClass { .database }
  package var exitStatus: ExitStatus { .held }

  private var why: String {
    switch cause {
    case .replaced(let other?) where other.state == .held:
      "it was taken over by \(other.holder)"
    case .replaced(let other?):
      "it was released by force: \(Escaped.text(other.reason ?? "no reason was given"))"
    case .replaced(nil): "the guard item was removed"
    case .overdue(let reason): "it could not be renewed in time\(reason.map { ": \($0)" } ?? "")"
    case .notHeld: "it is not held by this run"
    }
  }
}

extension GuardHolder: CustomStringConvertible {
  /// Owner and run. Another program may have written anything there, so what could steer a terminal is shown as escapes.
  package var description: String { Escaped.text("\(owner), run \(run)") }
}

/// Text of others that becomes part of an error's words.
private enum Escaped {
  /// The text with Unicode's categories Cc, Cf, Zl and Zp as escapes.
  static func text(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

extension StoreError {
  /// The code of a write that was refused since a guard was lost.
  package static let guardLostCode = "GuardLost"

  static func guardLost(_ lost: GuardLost) -> StoreError {
    StoreError(code: guardLostCode, lost.description)
  }

  static func guardContested(_ table: String) -> StoreError {
    StoreError(
      .unavailable, code: "GuardContested",
      "the guard of table '\(table)' changed again and again while it was asked for; try again")
  }

  static func notGuarded(_ table: String) -> StoreError {
    .notFound(
      "nobody holds the guard of table '\(table)'; '\(Program.command("guard show"))' lists the guards")
  }

  static func unreadableGuard(_ place: String) -> StoreError {
    StoreError(
      code: "GuardUnreadable",
      "\(place) holds an item that is not a guard; look at it, and remove it if it is not yours")
  }
}
