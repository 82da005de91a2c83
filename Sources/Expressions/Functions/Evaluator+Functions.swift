import DynamoJournalTables

extension Evaluator {
  /// The value of a function; nil when an argument that it needs is missing.
  func call(
    _ function: Function, _ nodes: [OperandNode], at range: Range<Int>
  ) throws(EvaluationFailure) -> AttributeValue? {
    switch function {
    case .ifNotExists:
      if let value = try value(nodes[0]) { return value }
      return try value(nodes[1])
    case .coalesce: return try firstValue(nodes)
    case .size:
      // As in DynamoDB, what has no size is as good as missing.
      return try value(nodes[0])?.expressionSize.map { .number(Int64($0)) }
    default:
      guard let values = try values(nodes) else { return nil }
      try check(function, values, nodes)
      do throws(PureFunctions.Failure) {
        return try PureFunctions.value(of: function, Arguments(values: values))
      } catch { throw EvaluationFailure(error.reason(of: function), at: range) }
    }
  }

  /// The first that is there and is not NULL; without one, the last.
  private func firstValue(_ nodes: [OperandNode]) throws(EvaluationFailure) -> AttributeValue? {
    var last: AttributeValue?
    for node in nodes {
      last = try value(node)
      if let last, last != .null { return last }
    }
    return last
  }

  private func check(
    _ function: Function, _ values: [AttributeValue], _ nodes: [OperandNode]
  ) throws(EvaluationFailure) {
    for (index, value) in values.enumerated() {
      guard let types = function.argumentTypes(index), !types.contains(value.typeName) else { continue }
      let expected = types.joined(separator: ", ")
      throw EvaluationFailure(
        .wrongType(operation: function.rawValue, found: value.typeName, expected: expected),
        at: nodes[index].range)
    }
  }
}

/// The values that a function was given; their types have been checked.
struct Arguments {
  let values: [AttributeValue]

  var count: Int { values.count }

  subscript(index: Int) -> AttributeValue { values[index] }

  func text(_ index: Int) -> Text {
    if case .string(let text) = values[index] { text } else { Text("") }
  }

  func number(_ index: Int) -> DecimalNumber {
    if case .number(let number) = values[index] { number } else { DecimalNumber(0) }
  }

  func list(_ index: Int) -> [AttributeValue] {
    if case .list(let list) = values[index] { list } else { [] }
  }
}
