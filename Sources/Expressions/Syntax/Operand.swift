import DynamoJournalTables

/// A value that an expression names or calculates.
indirect enum Operand: Sendable {
  case constant(AttributeValue)
  case variable(String)
  case path(DocumentPath)
  case call(Function, [OperandNode])
  case sum(OperandNode, [Term])
  case list([OperandNode])
  case map([(name: Text, value: OperandNode)])
  case set([OperandNode])
}

/// An operand and the bytes of the text that it is written in.
struct OperandNode: Sendable {
  var operand: Operand
  var range: Range<Int>

  var constant: AttributeValue? {
    if case .constant(let value) = operand { value } else { nil }
  }

  var path: DocumentPath? {
    if case .path(let path) = operand { path } else { nil }
  }

  /// The type that the value has for every item, as DynamoDB names it; nil when that depends on the item.
  var typeName: String? {
    switch operand {
    case .constant(let value): value.typeName
    case .variable, .path, .set: nil
    case .call(let function, _): function.resultType
    case .sum: "N"
    case .list: "L"
    case .map: "M"
    }
  }
}

/// What is added to a sum or taken off it.
struct Term: Sendable {
  var isSubtracted: Bool
  var node: OperandNode

  var symbol: String { isSubtracted ? "-" : "+" }
}

/// A comparison of two operands.
enum Comparator: String, Sendable, CaseIterable {
  case equal = "="
  case notEqual = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  /// Whether it asks for an order, which only strings, numbers and binary have.
  var isOrder: Bool { self != .equal && self != .notEqual }
}

/// A condition, taken apart.
indirect enum ConditionNode: Sendable {
  case all([ConditionNode])
  case any([ConditionNode])
  case not(ConditionNode)
  case compare(Comparator, OperandNode, OperandNode)
  case between(OperandNode, OperandNode, OperandNode)
  case isIn(OperandNode, [OperandNode])
  case exists(DocumentPath, isWanted: Bool)
  case hasType(OperandNode, String)
  case beginsWith(OperandNode, OperandNode)
  case contains(OperandNode, OperandNode)
}
