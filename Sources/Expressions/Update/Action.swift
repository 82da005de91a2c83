import DynamoJournalTables

/// One change that an update makes.
struct Action: Sendable {
  /// What happens at the path.
  enum Effect: Sendable {
    case set(OperandNode)
    case remove
    case add(OperandNode)
    case delete(OperandNode)
  }

  let path: DocumentPath
  let effect: Effect
  /// The bytes of the path in its clause.
  let range: Range<Int>
  /// Which of the update's clauses it stands in.
  let clause: Int
}

extension Parser {
  /// `path = value, path = value`
  mutating func assignments(clause: Int) throws(ExpressionError) -> [Action] {
    try actions(clause: clause) { (parser) throws(ExpressionError) in
      try parser.expect("=")
      return .set(try parser.value())
    }
  }

  /// `path, path`
  mutating func removals(clause: Int) throws(ExpressionError) -> [Action] {
    try actions(clause: clause) { (parser) throws(ExpressionError) in .remove }
  }

  /// `path value, path value`: a number or a set.
  mutating func additions(clause: Int) throws(ExpressionError) -> [Action] {
    try actions(clause: clause) { (parser) throws(ExpressionError) in
      let value = try parser.value()
      try parser.checkType(of: value, in: ["N", "SS", "NS", "BS"], for: "add")
      return .add(value)
    }
  }

  /// `path value, path value`: sets.
  mutating func deletions(clause: Int) throws(ExpressionError) -> [Action] {
    try actions(clause: clause) { (parser) throws(ExpressionError) in
      let value = try parser.value()
      try parser.checkType(of: value, in: ["SS", "NS", "BS"], for: "delete")
      return .delete(value)
    }
  }

  private mutating func actions(
    clause: Int, _ effect: (inout Parser) throws(ExpressionError) -> Action.Effect
  ) throws(ExpressionError) -> [Action] {
    var actions: [Action] = []
    repeat {
      let start = token.range.lowerBound
      let path = try path()
      let range = start..<lastEnd
      try checkTarget(path, at: range)
      actions.append(Action(path: path, effect: try effect(&self), range: range, clause: clause))
    } while take(",")
    guard case .end = token.kind else { throw unexpected("',' or the end") }
    return actions
  }

  private func checkTarget(_ path: DocumentPath, at range: Range<Int>) throws(ExpressionError) {
    if path.isBound { throw error(.boundName(path.root.string), at: range) }
    guard let key = scope.key, key.attributes.contains(where: { $0.name == path.root }) else { return }
    throw error(.keyAttribute(path.root.string), at: range)
  }
}
