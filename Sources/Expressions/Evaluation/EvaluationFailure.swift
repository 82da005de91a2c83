import DynamoJournalTables

/// Why an expression has no result for an item. Nothing of the item was changed, and no value of it is named.
package struct EvaluationFailure: Error, Hashable, Sendable {
  /// What was found.
  package enum Reason: Hashable, Sendable {
    /// A value is taken from a path that leads nowhere; nil when a function of such paths gave nothing.
    case missing(path: String?)
    /// A path to change whose parent is missing, or is neither the map nor the list that the path takes it for.
    case invalidPath(String)
    /// A value whose type the operation can't take.
    case wrongType(operation: String, found: String, expected: String)
    /// A number that DynamoDB can't hold.
    case number(operation: String, DecimalNumberError)
    /// What a function was given has the right type and makes no sense to it.
    case badArgument(function: String, expected: String)
    /// A text or list that is larger than any item.
    case tooLarge(operation: String, limit: Int)
    /// A set without elements, with several types, or of a type that has no sets.
    case badSet
    /// The item after the change would be too large.
    case itemTooLarge(size: Int, limit: Int)
    /// Lists and maps inside each other beyond DynamoDB's limit.
    case tooDeep(attribute: String, limit: Int)
    /// No value was given for a variable.
    case unbound(String)
    /// What `each` is to go through is not a list.
    case notAList(found: String)
  }

  /// What was found.
  package let reason: Reason
  /// Where in the expression; nil for what concerns the whole item.
  package internal(set) var place: SourcePlace?
  /// The bytes of the text that are meant, until the text itself is known.
  let range: Range<Int>?
  /// Which of an update's clauses is meant.
  let clause: Int

  init(_ reason: Reason, at range: Range<Int>?, clause: Int = 0) {
    self.reason = reason
    self.range = range
    self.clause = clause
  }

  /// The failure with its place in the text.
  func located(in source: ExpressionSource) -> EvaluationFailure {
    var failure = self
    failure.place = range.map { source.place(of: $0) }
    return failure
  }

  /// The failure as one of that clause.
  func of(clause: Int) -> EvaluationFailure { EvaluationFailure(reason, at: range, clause: clause) }
}

extension EvaluationFailure: CustomStringConvertible {
  /// The place, and one sentence that says what to type instead.
  package var description: String {
    let start = place.map { "\($0.position): " } ?? ""
    let end = place.map { "\n" + $0.excerpt.text } ?? ""
    return start + reason.problem + (reason.remedy.map { "; \($0)" } ?? "") + end
  }
}

extension EvaluationFailure.Reason {
  /// What was found, in one sentence; values of the item stay out.
  package var problem: String {
    switch self {
    case .missing(let path?): "the item has no '\(path)'"
    case .missing(nil): "the item lacks every attribute that this is made from"
    case .invalidPath(let path):
      "the path '\(path)' can't be changed in this item: what it leads through is missing or of another type"
    case .wrongType(let operation, let found, _): "'\(operation)' found a value of type \(found)"
    case .number(let operation, let error): "'\(operation)' gives no number that DynamoDB can hold: \(error)"
    case .badArgument(let function, let expected): "'\(function)' needs \(expected)"
    case .tooLarge(let operation, let limit):
      "the result of '\(operation)' would be larger than \(limit) bytes, more than an item may hold"
    case .badSet: "the elements of a set must all be strings, all numbers or all binary"
    case .itemTooLarge(let size, let limit):
      "the item would be \(size) bytes after the change; DynamoDB allows \(limit)"
    case .tooDeep(let attribute, let limit):
      "'\(attribute)' would be nested deeper than the \(limit) levels that DynamoDB allows"
    case .unbound(let name): "the variable '$\(name)' has no value here"
    case .notAList(let found): "'each' goes through the elements of a list, not a value of type \(found)"
    }
  }

  /// What to type instead; nil where the problem says it.
  package var remedy: String? {
    switch self {
    case .missing:
      "select such items out with attribute_exists in 'where', or give a value with if_not_exists or coalesce"
    case .invalidPath: "select such items out in 'where', or set the whole attribute"
    case .wrongType(_, _, let expected):
      "it takes \(expected); select such items out with attribute_type in 'where'"
    case .itemTooLarge: "write less into it, or put a part into an item of its own"
    case .notAList: "select such items out with attribute_type in 'where'"
    case .number, .badArgument, .tooLarge, .badSet, .tooDeep, .unbound: nil
    }
  }
}
