import DynamoJournalTables

extension Parser {
  /// `a.b[2]`, with names bare or in back-ticks.
  mutating func path() throws(ExpressionError) -> DocumentPath {
    let start = token.range.lowerBound
    var path: DocumentPath
    switch token.kind {
    case .word(let word): path = DocumentPath(root: Text(word), isBound: scope.names.contains(word))
    case .name(let name): path = DocumentPath(root: name)
    default: throw unexpected("the name of an attribute")
    }
    advance()
    while let element = try element() {
      path.elements.append(element)
      if path.elements.count > Validation.maximumDepth {
        throw error(.tooDeep(limit: Validation.maximumDepth), at: start..<lastEnd)
      }
    }
    return path
  }

  private mutating func element() throws(ExpressionError) -> DocumentPath.Element? {
    if take(".") {
      return .name(try memberName("a name after the dot; one that begins with a digit goes in back-ticks"))
    }
    guard take("[") else { return nil }
    guard case .number(let text) = token.kind, let index = Int(text), index <= Int(Int32.max) else {
      throw unexpected("the place of an element, counted from 0")
    }
    advance()
    try expect("]")
    return .index(index)
  }

  private mutating func memberName(_ expected: String) throws(ExpressionError) -> Text {
    defer { advance() }
    switch token.kind {
    case .word(let word): return Text(word)
    case .name(let name): return name
    default: throw unexpected(expected)
    }
  }

  mutating func list() throws(ExpressionError) -> Operand {
    advance()
    var members: [OperandNode] = []
    try nested { (parser) throws(ExpressionError) in
      try parser.elements(until: "]") { (parser) throws(ExpressionError) in members.append(try parser.value())
      }
    }
    let constants = members.compactMap(\.constant)
    return constants.count == members.count ? .constant(.list(constants)) : .list(members)
  }

  mutating func map() throws(ExpressionError) -> Operand {
    advance()
    var members: [(name: Text, value: OperandNode)] = []
    var names: Set<Text> = []
    try nested { (parser) throws(ExpressionError) in
      try parser.elements(until: "}") { (parser) throws(ExpressionError) in
        let range = parser.token.range
        let name = try parser.mapKey()
        guard names.insert(name).inserted else { throw parser.error(.duplicateName(name.string), at: range) }
        try parser.expect(":")
        members.append((name, try parser.value()))
      }
    }
    // In the order of the names, so that each is appended: see AttributeMap.add.
    members.sort { $0.name < $1.name }
    let constants = members.compactMap(\.value.constant)
    guard constants.count == members.count else { return .map(members) }
    var map = AttributeMap()
    for (member, value) in zip(members, constants) { _ = map.add(member.name, value) }
    return .constant(.map(map))
  }

  private mutating func mapKey() throws(ExpressionError) -> Text {
    if case .string(let text) = token.kind, text.byteCount > 0 {
      advance()
      return text
    }
    return try memberName("a name, bare, in back-ticks or in quotation marks")
  }

  mutating func set() throws(ExpressionError) -> Operand {
    let start = token.range.lowerBound
    advance()
    var members: [OperandNode] = []
    try nested { (parser) throws(ExpressionError) in
      try parser.elements(until: ">>") { (parser) throws(ExpressionError) in
        members.append(try parser.value())
      }
    }
    if members.isEmpty { throw error(.emptySet, at: start..<lastEnd) }
    try checkSet(members)
    let constants = members.compactMap(\.constant)
    guard constants.count == members.count, let set = SetBuilder.set(of: constants) else {
      return .set(members)
    }
    return .constant(set)
  }
}

/// Makes sets from their elements.
enum SetBuilder {
  /// The set, or nil when the elements are not all strings, all numbers or all binary.
  static func set(of elements: [AttributeValue]) -> AttributeValue? {
    switch elements.first {
    case .string:
      let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
      return texts.count == elements.count ? .stringSet(Set(texts)) : nil
    case .number:
      let numbers = elements.compactMap { if case .number(let number) = $0 { number } else { nil } }
      return numbers.count == elements.count ? .numberSet(Set(numbers)) : nil
    case .binary:
      let binaries = elements.compactMap { if case .binary(let bytes) = $0 { bytes } else { nil } }
      return binaries.count == elements.count ? .binarySet(Set(binaries)) : nil
    default: return nil
    }
  }
}
