import DynamoJournalTables

/// A condition on an item, in DynamoDB's expression language with literals in place: `where` and `expect`.
///
/// It is read once and then holds, or not, for as many items as there are.
package struct Condition: Sendable {
  /// The text and its place.
  package let source: ExpressionSource
  let node: ConditionNode

  /// Reads and checks a condition.
  ///
  /// - Throws: `ExpressionError`.
  package init(
    _ source: ExpressionSource, scope: ExpressionScope = ExpressionScope()
  ) throws(ExpressionError) {
    self.source = source
    var parser = try Parser(source, scope, .condition)
    node = try parser.condition()
    try parser.end()
  }

  /// Whether the condition holds for the item.
  ///
  /// What DynamoDB knows never fails; a function that DynamoDB lacks can. Parts are looked at from the left, and none
  /// after the one that decides.
  /// - Throws: `EvaluationFailure`.
  package func holds(
    for item: Item, _ bindings: ExpressionBindings = ExpressionBindings()
  ) throws(EvaluationFailure) -> Bool {
    do throws(EvaluationFailure) {
      return try Evaluator(item: item, bindings: bindings).holds(node)
    } catch { throw error.located(in: source) }
  }

  /// Whether DynamoDB can be asked the same, as far as the text tells; see `request`.
  package var isNative: Bool { NativeForm.isNative(node) }

  /// The condition as a `ConditionExpression` or `FilterExpression`; nil when DynamoDB could not take it, for what it
  /// means or for its size.
  package func request(_ bindings: ExpressionBindings = ExpressionBindings()) -> RequestForm? {
    guard isNative else { return nil }
    var form = RequestWriter(bindings: bindings)
    guard form.append(node) else { return nil }
    return form.finished
  }
}
