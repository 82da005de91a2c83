import Journal
import Tables

/// What a store's answer means for a change: the pure part of writing.
struct Verdict: Hashable, Sendable {
  /// `applied`, `failed` or `compensated`.
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
      guard allMatch(unit, found) else { return conflicts(unit, found, undoing: nil) }
      let ours = inDoubt || reply.maybeSentBefore
      return unit.map { _ in Verdict(.applied, OutcomeDetail(foundSo: true, foreign: ours ? nil : true)) }
    }
  }

  /// The verdicts on the inverted changes of a unit that was to be undone.
  static func undoing(_ unit: [Change], _ reply: UnitReply, forced: [Found?]? = nil) -> [Verdict] {
    switch reply.outcome {
    case .written:
      return unit.indices.map { index in
        guard let found = forced?[index], !unit[index].matches(found.item, image: unit[index].before) else {
          return Verdict(.compensated)
        }
        return Verdict(.compensated, OutcomeDetail(forced: true, found: text(found)))
      }
    case .refused(let error):
      var detail = refusal(error)
      detail.undoing = true
      return unit.map { _ in Verdict(.failed, detail) }
    case .conditionFailed(let found):
      guard allMatch(unit, found) else { return conflicts(unit, found, undoing: true) }
      return unit.map { _ in Verdict(.compensated, OutcomeDetail(foundSo: true)) }
    }
  }

  /// The verdict on the changes of a saga that come after a part that failed.
  static func leftOut(after failure: Verdict) -> Verdict {
    Verdict(
      .failed,
      OutcomeDetail(
        undoing: failure.detail?.undoing, code: OutcomeCode.unit,
        message: "an earlier part of its unit could not be written, so this one was not sent"))
  }

  /// Whether every item was found as its change wants it to be.
  static func allMatch(_ unit: [Change], _ found: [Found?]) -> Bool {
    zip(unit, found).allSatisfy { change, found in
      found.map { change.matches($0.item, image: change.after) } ?? false
    }
  }

  static func conflicts(_ unit: [Change], _ found: [Found?], undoing: Bool?) -> [Verdict] {
    let contradicts = zip(unit, found).map { change, found in
      found.map { !change.matches($0.item, image: change.before) } ?? false
    }
    // Where the target refuses what looks right to us, each is in conflict rather than none.
    let isKnown = contradicts.contains(true)
    return zip(contradicts, found).map { contradicts, found in
      Verdict(
        .failed,
        contradicts || !isKnown
          ? OutcomeDetail(
            undoing: undoing, code: OutcomeCode.conflict,
            message: sentence(found, undoing: undoing == true), found: found.map(text))
          : OutcomeDetail(
            undoing: undoing, code: OutcomeCode.unit,
            message: "another change of its unit was in conflict, so this one was not written"))
    }
  }

  private static func sentence(_ found: Found?, undoing: Bool) -> String {
    let since = undoing ? "since it was applied" : "since it was planned"
    return found?.item == nil
      ? "the item was deleted \(since); nothing was written"
      : "the item was changed \(since); nothing was written"
  }

  static func refusal(_ error: StoreError) -> OutcomeDetail {
    OutcomeDetail(code: error.code, message: error.message)
  }

  static func text(_ found: Found) -> String { found.item.map { DynamoDBJSON.text($0) } ?? "null" }
}

/// The codes of failed changes that are ours rather than AWS's.
public enum OutcomeCode {
  /// The item is neither what it was nor what it shall be.
  public static let conflict = "conflict"
  /// Another change of the unit failed.
  public static let unit = "unit"
  /// It was in doubt, and a rollback found that it had not been made.
  public static let neverMade = "neverMade"
  /// The table holds items that the run did not write.
  public static let tableNotEmpty = "tableNotEmpty"
}
