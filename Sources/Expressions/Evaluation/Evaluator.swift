import DynamoJournalTables

/// Works out values and conditions for one item; it reads the item as it was and changes nothing.
struct Evaluator {
  let item: Item
  let bindings: ExpressionBindings

  /// A value; nil when it is taken from something that is missing.
  func value(_ node: OperandNode) throws(EvaluationFailure) -> AttributeValue? {
    switch node.operand {
    case .constant(let value): return value
    case .path(let path): return value(at: path)
    case .variable(let name):
      guard let value = bindings.variables[name] else {
        throw EvaluationFailure(.unbound(name), at: node.range)
      }
      return value
    case .call(let function, let arguments): return try call(function, arguments, at: node.range)
    case .sum(let first, let terms): return try sum(first, terms)
    case .list(let members): return try values(members).map { .list($0) }
    case .map(let members): return try map(members)
    case .set(let members): return try set(members, at: node.range)
    }
  }

  /// A value that must be there.
  func required(_ node: OperandNode) throws(EvaluationFailure) -> AttributeValue {
    if let value = try value(node) { return value }
    throw EvaluationFailure(gap(in: node) ?? .missing(path: nil), at: node.range)
  }

  func value(at path: DocumentPath) -> AttributeValue? {
    path.value(from: path.isBound ? bindings.names[path.root] : item[path.root])
  }

  /// All the values; nil when one is missing.
  func values(_ nodes: [OperandNode]) throws(EvaluationFailure) -> [AttributeValue]? {
    var values: [AttributeValue] = []
    values.reserveCapacity(nodes.count)
    for node in nodes {
      guard let value = try value(node) else { return nil }
      values.append(value)
    }
    return values
  }

  private func map(_ members: [(name: Text, value: OperandNode)]) throws(EvaluationFailure) -> AttributeValue?
  {
    var map = AttributeMap()
    for member in members {
      guard let value = try value(member.value) else { return nil }
      _ = map.add(member.name, value)
    }
    return .map(map)
  }

  private func set(_ members: [OperandNode], at range: Range<Int>) throws(EvaluationFailure)
    -> AttributeValue?
  {
    guard let values = try values(members) else { return nil }
    guard let set = SetBuilder.set(of: values) else { throw EvaluationFailure(.badSet, at: range) }
    return set
  }

  private func sum(_ first: OperandNode, _ terms: [Term]) throws(EvaluationFailure) -> AttributeValue? {
    guard let start = try value(first) else { return nil }
    var total = try number(start, for: terms[0].symbol, at: first.range)
    for term in terms {
      guard let value = try value(term.node) else { return nil }
      let number = try number(value, for: term.symbol, at: term.node.range)
      do throws(DecimalNumberError) {
        total = try term.isSubtracted ? total.subtracting(number) : total.adding(number)
      } catch {
        throw EvaluationFailure(.number(operation: term.symbol, error), at: term.node.range)
      }
    }
    return .number(total)
  }

  func number(
    _ value: AttributeValue, for operation: String, at range: Range<Int>
  ) throws(EvaluationFailure) -> DecimalNumber {
    guard case .number(let number) = value else {
      throw EvaluationFailure(
        .wrongType(operation: operation, found: value.typeName, expected: "N"), at: range)
    }
    return number
  }

  /// Why a value is missing: the first path that leads nowhere, or what has no size.
  private func gap(in node: OperandNode) -> EvaluationFailure.Reason? {
    switch node.operand {
    case .constant, .variable, .call(.coalesce, _): nil
    case .path(let path): value(at: path) == nil ? .missing(path: path.description) : nil
    case .call(.ifNotExists, let arguments): gap(in: arguments[1])
    case .call(.size, let arguments): gap(in: arguments[0]) ?? noSize(arguments[0])
    case .call(_, let nodes), .list(let nodes), .set(let nodes): nodes.lazy.compactMap(gap).first
    case .sum(let first, let terms): gap(in: first) ?? terms.lazy.compactMap { gap(in: $0.node) }.first
    case .map(let members): members.lazy.compactMap { gap(in: $0.value) }.first
    }
  }

  private func noSize(_ node: OperandNode) -> EvaluationFailure.Reason? {
    guard let value = (try? value(node)) ?? nil, value.expressionSize == nil else { return nil }
    let expected = (Function.size.argumentTypes(0) ?? []).joined(separator: ", ")
    return .wrongType(operation: "size", found: value.typeName, expected: expected)
  }
}
