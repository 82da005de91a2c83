import DynamoJournalEvents
import DynamoJournalTables

/// What a store's answer means for a change: the pure part of writing.
struct Verdict: Hashable, Sendable {
  /// `applied`, `failed`, `compensated` or `reapplied`.
  let kind: EventKind
  /// What is to be said beyond that.
  let detail: OutcomeDetail?

  init(_ kind: EventKind, _ detail: OutcomeDetail? = nil) {
    self.kind = kind
    self.detail = detail
  }

  /// Whether the later parts of a saga must not be written any more.
  var endsSaga: Bool { kind == .failed && detail?.code != OutcomeCode.neverMade }
}

enum Judge {
  /// The verdicts on the changes of a unit that was to be applied.
  ///
  /// - Parameter inDoubt: whether an earlier process may have written the unit.
  static func applying(_ unit: [Change], _ reply: UnitReply, inDoubt: Bool) -> [Verdict] {
    switch reply.outcome {
    case .written: return unit.map { _ in Verdict(.applied) }
    case .refused(let error): return unit.map { _ in Verdict(.failed, refusal(error)) }
    case .conditionFailed(let found):
      guard allMatch(unit, found) else { return conflicts(unit, found, .applying) }
      let ours = inDoubt || reply.maybeSentBefore
      return unit.map { _ in Verdict(.applied, OutcomeDetail(foundSo: true, foreign: ours ? nil : true)) }
    }
  }

  /// The verdicts on what was written for a unit that was to be undone or redone.
  ///
  /// - Parameters:
  ///   - ours: whether an earlier process may have written it.
  ///   - overwrote: for each change the event that holds what is written over; nil where nothing is.
  static func turning(
    _ direction: TurnDirection, _ writes: [Change], _ reply: UnitReply, ours: Bool = true,
    overwrote: [Int64?]? = nil
  ) -> [Verdict] {
    let success = direction.judge.success
    switch reply.outcome {
    case .written:
      return writes.indices.map { index in
        overwrote?[index].map { Verdict(success, OutcomeDetail(forced: true, overwrote: $0)) }
          ?? Verdict(success)
      }
    case .refused(let error):
      let detail = refusal(error).in(direction.judge)
      return writes.map { _ in Verdict(.failed, detail) }
    case .conditionFailed(let found):
      guard allMatch(writes, found) else { return conflicts(writes, found, direction.judge) }
      // A redo makes again what is the run's, whoever has done so meanwhile.
      let isForeign = direction == .undoing && !ours && !reply.maybeSentBefore
      return writes.indices.map { index in
        let event = overwrote?[index]
        return Verdict(
          success,
          OutcomeDetail(
            foundSo: true, foreign: isForeign ? true : nil, forced: event == nil ? nil : true,
            overwrote: event))
      }
    }
  }

  /// The verdict on the changes of a saga that come after a part that failed.
  static func leftOut(after failure: Verdict) -> Verdict {
    Verdict(
      .failed,
      OutcomeDetail(
        undoing: failure.detail?.undoing, redoing: failure.detail?.redoing, code: OutcomeCode.unit,
        message: "an earlier part of its unit could not be written, so this one was not sent"))
  }

  /// Whether every item was found as its change wants it to be.
  static func allMatch(_ unit: [Change], _ found: [Found?]) -> Bool {
    zip(unit, found).allSatisfy { change, found in
      found.map { change.matches($0.item, image: change.after) } ?? false
    }
  }

  /// What was being done to a unit.
  enum Direction {
    case applying
    case undoing
    case redoing

    fileprivate var since: String {
      switch self {
      case .applying: "since it was planned"
      case .undoing: "since it was applied"
      case .redoing: "since it was undone"
      }
    }
  }

  static func conflicts(_ unit: [Change], _ found: [Found?], _ direction: Direction) -> [Verdict] {
    let contradicts = zip(unit, found).map { change, found in
      found.map { !change.matches($0.item, image: change.before) } ?? false
    }
    // Where the target refuses what looks right to us, each is in conflict rather than none.
    let isKnown = contradicts.contains(true)
    return zip(contradicts, found).map { contradicts, found in
      let detail =
        contradicts || !isKnown
        ? OutcomeDetail(
          code: OutcomeCode.conflict, message: sentence(found, direction), found: found.map(text))
        : OutcomeDetail(
          code: OutcomeCode.unit,
          message: "another change of its unit was in conflict, so this one was not written")
      return Verdict(.failed, detail.in(direction))
    }
  }

  private static func sentence(_ found: Found?, _ direction: Direction) -> String {
    found?.item == nil
      ? "the item was deleted \(direction.since); nothing was written"
      : "the item was changed \(direction.since); nothing was written"
  }

  static func refusal(_ error: StoreError) -> OutcomeDetail {
    OutcomeDetail(code: error.code, message: error.message)
  }

  static func text(_ found: Found) -> String { found.item.map { DynamoDBJSON.text($0) } ?? "null" }
}

/// The codes of failed changes that are ours rather than AWS's.
package enum OutcomeCode {
  /// The item is neither what it was nor what it shall be.
  package static let conflict = "conflict"
  /// Another change of the unit failed.
  package static let unit = "unit"
  /// It was in doubt, and a rollback found that it had not been made.
  package static let neverMade = "neverMade"
  /// The table is protected from deletion.
  package static let protected = "deletionProtected"
  /// The values that it would be written from were erased.
  package static let erased = "erased"
  /// The table holds items that the run did not write.
  package static let tableNotEmpty = "tableNotEmpty"

  /// What somebody else has done, rather than what failed.
  static let conflicts: Set<String> = [conflict, unit, tableNotEmpty, protected]
}
