import DynamoJournalExpressions
import DynamoJournalTables

/// Why an item can't be changed as its migration says: a clause that follows the item's name.
struct ItemProblem: Error {
  /// The clause; values of the item stay out.
  let sentence: String
  /// The name of the finding.
  let code: String
  /// Whether a plan must not be sealed whatever `onError` says.
  var isFinal = false

  private init(_ sentence: String, code: String, isFinal: Bool = false) {
    self.sentence = sentence
    self.code = code
    self.isFinal = isFinal
  }

  /// An expression without a result.
  init(_ failure: EvaluationFailure) {
    self.init("can't be changed: \(Self.words(failure))", code: "failed")
  }

  /// A post-condition without a result.
  init(expecting failure: EvaluationFailure) {
    self.init(
      "does not show whether 'expect' holds: \(Self.words(failure))", code: "unexpected", isFinal: true)
  }

  /// What a table would not take.
  init(storing error: StoreError, into table: String) {
    self.init(
      "can't be changed: \(error.message); select such items out in 'where', or write another value",
      code: "invalid")
  }

  static let notAMap = ItemProblem(
    "can't be changed: 'put.item' gives no map for it; select such items out in 'where'", code: "failed")
  static let noKey = ItemProblem("can't be changed: it has no key of its table", code: "failed")

  /// A post-condition that does not hold.
  static func unexpected(_ source: ExpressionSource) -> ItemProblem {
    ItemProblem(
      "would not be as 'expect' says after the change (\(source.beginning.position)), so nothing is planned: correct the change, or 'expect'",
      code: "unexpected", isFinal: true)
  }

  /// The same, of an element of the list that `each` goes through.
  func inElement(_ index: Int) -> ItemProblem {
    ItemProblem("\(sentence) (element \(index) of 'each')", code: code, isFinal: isFinal)
  }

  private static func words(_ failure: EvaluationFailure) -> String {
    let remedy = failure.reason.remedy.map { "; \($0)" } ?? ""
    let place = failure.place.map { " (\($0.position))" } ?? ""
    return failure.reason.problem + place + remedy
  }
}
