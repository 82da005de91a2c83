import DynamoJournalTables

/// Writes native expressions with placeholders. Each function is false when DynamoDB would refuse a variable's value.
struct RequestWriter {
  let bindings: ExpressionBindings
  private var text = ""
  private var names: [Text: Int] = [:]
  private var values: [AttributeValue] = []
  private var operators = 0

  init(bindings: ExpressionBindings) { self.bindings = bindings }

  /// The form, or nil when it is beyond DynamoDB's limits.
  var finished: RequestForm? {
    let sorted = names.sorted { $0.value < $1.value }
    let size = sorted.reduce(0) { $0 + $1.key.byteCount } + values.reduce(0) { $0 + $1.sizeInBytes }
    guard text.utf8.count <= RequestForm.Limit.bytes, operators <= RequestForm.Limit.operators,
      size <= RequestForm.Limit.bytesOfNamesAndValues
    else { return nil }
    return RequestForm(
      expression: text, names: sorted.map { .init(placeholder: "#n\($0.value)", name: $0.key) },
      values: values.enumerated().map { .init(placeholder: ":v\($0.offset)", value: $0.element) })
  }

  mutating func write(_ part: String) { text += part }

  /// Counts what DynamoDB limits: operators and functions.
  mutating func count(_ number: Int = 1) { operators += number }

  mutating func write(_ path: DocumentPath) {
    text += placeholder(path.root)
    for element in path.elements {
      switch element {
      case .name(let name): text += "." + placeholder(name)
      case .index(let index): text += "[\(index)]"
      }
    }
  }

  private mutating func placeholder(_ name: Text) -> String {
    let number = names[name] ?? names.count
    names[name] = number
    return "#n\(number)"
  }

  mutating func write(value: AttributeValue) {
    text += ":v\(values.count)"
    values.append(value)
  }

  /// Writes an operand; false when it has no value, or one that is not of the types.
  mutating func append(_ node: OperandNode, types: [String]? = nil) -> Bool {
    switch node.operand {
    case .constant(let value): return append(value, types)
    case .variable(let name): return bindings.variables[name].map { append($0, types) } ?? false
    case .path(let path): write(path)
    case .call(let function, let arguments):
      count()
      write(function.rawValue + "(")
      for (index, argument) in arguments.enumerated() {
        if index > 0 { write(", ") }
        guard append(argument, types: function.argumentTypes(index)) else { return false }
      }
      write(")")
    case .sum(let first, let terms):
      guard append(first, types: ["N"]) else { return false }
      for term in terms {
        count()
        write(" \(term.symbol) ")
        guard append(term.node, types: ["N"]) else { return false }
      }
    case .list, .map, .set: return false
    }
    return true
  }

  private mutating func append(_ value: AttributeValue, _ types: [String]?) -> Bool {
    guard types?.contains(value.typeName) ?? true else { return false }
    write(value: value)
    return true
  }

  /// The value of an operand that is the same for every item.
  func known(_ node: OperandNode) -> AttributeValue? {
    if case .variable(let name) = node.operand { bindings.variables[name] } else { node.constant }
  }
}
