import DynamoJournalTables

/// A value made from an item: `put.item`, the text of a note.
public struct ValueExpression: Sendable {
  /// The text and its place.
  public let source: ExpressionSource
  let node: OperandNode

  /// Reads and checks a value.
  ///
  /// - Throws: `ExpressionError`.
  public init(
    _ source: ExpressionSource, scope: ExpressionScope = ExpressionScope()
  ) throws(ExpressionError) {
    self.source = source
    var parser = try Parser(source, scope, .value)
    node = try parser.value()
    try parser.end()
  }

  /// The value for an item.
  ///
  /// - Throws: `EvaluationFailure`, also when an attribute that it needs is missing.
  public func value(
    for item: Item, _ bindings: ExpressionBindings = ExpressionBindings()
  ) throws(EvaluationFailure) -> AttributeValue {
    do throws(EvaluationFailure) {
      return try Evaluator(item: item, bindings: bindings).required(node)
    } catch { throw error.located(in: source) }
  }
}
