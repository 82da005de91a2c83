import DynamoJournalTables

/// `addresses AS a`: a list to go through, and the name of an element in what follows.
package struct EachExpression: Sendable {
  /// The text and its place.
  package let source: ExpressionSource
  /// The name that an element has.
  package let name: String
  let node: OperandNode

  /// Reads and checks a list and its name.
  ///
  /// - Throws: `ExpressionError`.
  package init(
    _ source: ExpressionSource, scope: ExpressionScope = ExpressionScope()
  ) throws(ExpressionError) {
    self.source = source
    var parser = try Parser(source, scope, .value)
    node = try parser.value()
    try parser.checkType(of: node, in: ["L"], for: "each")
    guard parser.take(keyword: "AS") else { throw parser.unexpected("AS and the name of an element") }
    guard case .word(let name) = parser.token.kind, parser.token.keyword == nil else {
      throw parser.unexpected("the name of an element")
    }
    self.name = name
    parser.advance()
    try parser.end()
  }

  /// The elements, none where the list is missing.
  ///
  /// - Throws: `EvaluationFailure`, also when it is not a list.
  package func elements(
    of item: Item, _ bindings: ExpressionBindings = ExpressionBindings()
  ) throws(EvaluationFailure) -> [AttributeValue] {
    do throws(EvaluationFailure) {
      guard let value = try Evaluator(item: item, bindings: bindings).value(node) else { return [] }
      guard case .list(let list) = value else {
        throw EvaluationFailure(.notAList(found: value.typeName), at: node.range)
      }
      return list
    } catch { throw error.located(in: source) }
  }
}
