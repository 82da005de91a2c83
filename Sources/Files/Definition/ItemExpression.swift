import DynamoJournalExpressions
import DynamoJournalTables

/// An item that is made from another one: one expression, or a mapping of YAML with an expression for each attribute.
package struct ItemExpression: Sendable {
  /// As it is written.
  package indirect enum Source: Sendable {
    /// One expression.
    case expression(ExpressionSource)
    /// Names and what they stand for.
    case members([(name: Text, value: Source)])
    /// A list.
    case elements([Source])
  }

  private indirect enum Node: Sendable {
    case expression(ValueExpression)
    case members([(name: Text, value: Node)])
    case elements([Node])
  }

  private let node: Node

  /// Reads and checks an item.
  ///
  /// - Throws: `DefinitionError`, also for an expression that gives something else than a map.
  init(_ source: Source, scope: ExpressionScope) throws(DefinitionError) {
    node = try Self.node(source, scope)
    if case .expression(let value) = node, let type = value.typeName, type != "M" {
      throw DefinitionError(
        value.source,
        "an item is a map, not a value of type \(type): write for example {id: id, city: address.city}")
    }
  }

  private static func node(_ source: Source, _ scope: ExpressionScope) throws(DefinitionError) -> Node {
    switch source {
    case .expression(let source): return .expression(try expression(source, scope))
    case .members(let members):
      var nodes: [(name: Text, value: Node)] = []
      for member in members { nodes.append((member.name, try node(member.value, scope))) }
      return .members(nodes)
    case .elements(let elements):
      var nodes: [Node] = []
      for element in elements { nodes.append(try node(element, scope)) }
      return .elements(nodes)
    }
  }

  private static func expression(
    _ source: ExpressionSource, _ scope: ExpressionScope
  ) throws(DefinitionError) -> ValueExpression {
    do throws(ExpressionError) { return try ValueExpression(source, scope: scope) } catch {
      throw DefinitionError(error)
    }
  }

  /// The attributes that it has, where they are written out; nil where they depend on the item.
  var names: [Text]? {
    switch node {
    case .expression(let value): value.memberNames
    case .members(let members): members.map(\.name)
    case .elements: nil
    }
  }

  /// The item; nil for a value that is no map.
  ///
  /// - Throws: `EvaluationFailure`.
  func item(from item: Item, _ bindings: ExpressionBindings) throws(EvaluationFailure) -> Item? {
    if case .map(let map) = try Self.value(node, item, bindings) { map } else { nil }
  }

  private static func value(
    _ node: Node, _ item: Item, _ bindings: ExpressionBindings
  ) throws(EvaluationFailure) -> AttributeValue {
    switch node {
    case .expression(let value): return try value.value(for: item, bindings)
    case .members(let members):
      var map = AttributeMap()
      for member in members { map[member.name] = try value(member.value, item, bindings) }
      return .map(map)
    case .elements(let elements):
      var list: [AttributeValue] = []
      for element in elements { list.append(try value(element, item, bindings)) }
      return .list(list)
    }
  }
}
