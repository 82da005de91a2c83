import DynamoJournalTables

/// A value made from an item: `put.item`, the text of a note.
package struct ValueExpression: Sendable {
  /// The text and its place.
  package let source: ExpressionSource
  let node: OperandNode

  /// Reads and checks a value.
  ///
  /// - Throws: `ExpressionError`.
  package init(
    _ source: ExpressionSource, scope: ExpressionScope = ExpressionScope()
  ) throws(ExpressionError) {
    self.source = source
    var parser = try Parser(source, scope, .value)
    node = try parser.value()
    try parser.end()
  }

  /// The names of a map that is written out, since a map has them for every item; nil for anything else.
  package var memberNames: [Text]? {
    switch node.operand {
    case .map(let members): members.map(\.name)
    case .constant(.map(let map)): map.names
    default: nil
    }
  }

  /// The type that the value has for every item, as DynamoDB names it; nil when that depends on the item.
  package var typeName: String? { node.typeName }

  /// The value for an item.
  ///
  /// - Throws: `EvaluationFailure`, also when an attribute that it needs is missing.
  package func value(
    for item: Item, _ bindings: ExpressionBindings = ExpressionBindings()
  ) throws(EvaluationFailure) -> AttributeValue {
    do throws(EvaluationFailure) {
      return try Evaluator(item: item, bindings: bindings).required(node)
    } catch { throw error.located(in: source) }
  }
}
