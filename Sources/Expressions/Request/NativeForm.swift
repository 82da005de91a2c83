import DynamoJournalTables

/// What of the language DynamoDB takes as it is.
enum NativeForm {
  static func isNative(_ condition: ConditionNode) -> Bool {
    switch condition {
    case .all(let parts), .any(let parts): parts.allSatisfy(isNative)
    case .not(let part): isNative(part)
    case .compare(_, let left, let right): isNative(operands: [left, right])
    case .between(let node, let lower, let upper): isNative(operands: [node, lower, upper])
    case .isIn(let node, let choices):
      choices.count <= RequestForm.Limit.choices && isNative(operands: [node] + choices)
    case .exists(let path, _): !path.isBound
    case .hasType(let node, _): isPath(node)
    case .beginsWith(let node, let part), .contains(let node, let part):
      isPath(node) && isOperand(part)
    }
  }

  /// Literals alone are worked out by us.
  private static func isNative(operands: [OperandNode]) -> Bool {
    operands.allSatisfy(isOperand) && operands.contains { isPath($0) || isSize($0) }
  }

  private static func isPath(_ node: OperandNode) -> Bool {
    node.path.map { !$0.isBound } ?? false
  }

  private static func isSize(_ node: OperandNode) -> Bool {
    if case .call(.size, let arguments) = node.operand { isPath(arguments[0]) } else { false }
  }

  /// An operand of a condition.
  private static func isOperand(_ node: OperandNode) -> Bool {
    switch node.operand {
    case .constant, .variable: true
    case .path(let path): !path.isBound
    case .call: isSize(node)
    case .sum, .list, .map, .set: false
    }
  }

  /// A right side of SET: two operands at most.
  static func isNativeValue(_ node: OperandNode) -> Bool {
    guard case .sum(let first, let terms) = node.operand else { return isNativeOperand(node) }
    return terms.count == 1 && isNativeOperand(first) && isNativeOperand(terms[0].node)
  }

  /// An operand of SET. DynamoDB has no list_append inside list_append, and no sum inside a function.
  private static func isNativeOperand(_ node: OperandNode) -> Bool {
    if case .call(.listAppend, let arguments) = node.operand { return arguments.allSatisfy(isNativeArgument) }
    return isNativeArgument(node)
  }

  private static func isNativeArgument(_ node: OperandNode) -> Bool {
    switch node.operand {
    case .constant, .variable: true
    case .path(let path): !path.isBound
    case .call(.ifNotExists, let arguments): isPath(arguments[0]) && isNativeArgument(arguments[1])
    case .call, .sum, .list, .map, .set: false
    }
  }

  /// What is added or deleted: DynamoDB takes a value and no path.
  static func isNative(_ action: Action) -> Bool {
    switch action.effect {
    case .set(let node): return isNativeValue(node)
    case .remove: return true
    case .add(let node), .delete(let node):
      switch node.operand {
      case .constant, .variable: return true
      default: return false
      }
    }
  }
}

extension Update {
  /// Whether DynamoDB can be asked to do the same, as far as the text tells; see `request`.
  package var isNative: Bool { !actions.isEmpty && actions.allSatisfy(NativeForm.isNative) }

  /// The update as an `UpdateExpression`; nil when DynamoDB could not take it, for what it means or for its size.
  package func request(_ bindings: ExpressionBindings = ExpressionBindings()) -> RequestForm? {
    guard isNative else { return nil }
    var form = RequestWriter(bindings: bindings)
    guard form.append(actions) else { return nil }
    return form.finished
  }
}
