import DynamoJournalEvents
import DynamoJournalJSON

/// What the process that is at work on a run does at this moment, as it tells itself.
package struct RunWork: Sendable {
  /// In a word or two: `applying`, `backing up`.
  private let doing: String
  private let pausedBy: (asked: AskedDetail, since: Int64)?
  private let heldFor: (detail: HeldDetail, since: Int64)?

  /// Work.
  ///
  /// - Parameters:
  ///   - doing: in a word or two.
  ///   - pausedBy: who paused it, and since when in microseconds since 1970, UTC.
  ///   - heldFor: what it holds for by itself, and since when.
  package init(
    _ doing: String, pausedBy: (asked: AskedDetail, since: Int64)?,
    heldFor: (detail: HeldDetail, since: Int64)?
  ) {
    self.doing = doing
    self.pausedBy = pausedBy
    self.heldFor = heldFor
  }

  /// For a table: `paused by alice@build-7`, `held`, `under way`.
  var word: String {
    if let pausedBy { return Printable.text("paused by \(pausedBy.asked.by.name)") }
    return heldFor == nil ? "under way" : "held"
  }

  /// In a sentence: `paused by alice@build-7 since 2026-… (lunch)`, `held since 2026-…: …`, `under way: backing up`.
  package var text: String {
    if let (asked, since) = pausedBy {
      let reason = asked.reason.map { " (\($0))" } ?? ""
      return Printable.text("paused by \(asked.by.name) since \(Timestamp.text(since))\(reason)")
    }
    if let (detail, since) = heldFor {
      return Printable.text("held since \(Timestamp.text(since)): \(detail.message)")
    }
    return doing.isEmpty ? "under way" : "under way: \(doing)"
  }

  /// `{"doing": …, "pause": {"by", "since", "reason"}|null, "hold": {"cause", "message", "since"}|null}`
  var json: JSONValue {
    ["doing": .string(doing), "pause": Self.pause(pausedBy), "hold": Self.hold(heldFor)]
  }

  /// A pause as JSON.
  package static func pause(_ pause: (asked: AskedDetail, since: Int64)?) -> JSONValue {
    guard let (asked, since) = pause else { return .null }
    return [
      "by": asked.by.json, "since": .string(Timestamp.text(since)), "reason": .text(asked.reason),
    ]
  }

  /// What a run holds for as JSON.
  package static func hold(_ hold: (detail: HeldDetail, since: Int64)?) -> JSONValue {
    guard let (detail, since) = hold else { return .null }
    return [
      "cause": .string(detail.cause.rawValue), "message": .string(detail.message),
      "since": .string(Timestamp.text(since)),
    ]
  }
}

extension OperatorAccount {
  /// `{"user": …, "uid": …, "host": …, "claims": {…}}`
  package var json: JSONValue {
    let sorted = claims.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return [
      "user": .string(user), "uid": .number(Int(uid)), "host": .string(host),
      "claims": .object(sorted.map { .init(name: $0.key, value: .string($0.value)) }),
    ]
  }
}

extension RunReport {
  /// What is said of a run that ended while somebody had it paused; empty for others.
  var whilePaused: String {
    fold.pause.map { Printable.text(", paused by \($0.detail.by.name) since \(Timestamp.text($0.at))") } ?? ""
  }
}
