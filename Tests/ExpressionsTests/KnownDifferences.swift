import DynamoJournalTables
import TestSupport

@testable import DynamoJournalExpressions

/// An expression that a server answered otherwise.
struct Difference: CustomStringConvertible {
  let text: String
  /// The item, or all items of a filter that was refused as a whole.
  let items: [Item]
  let ours: String
  let theirs: String
  /// The update; nil for a filter.
  var update: Update?
  /// The item after our update.
  var image: Item?

  var description: String {
    let shown = items.count == 1 ? DynamoDBJSON.text(items[0]) : "\(items.count) items"
    return "\(text)\n  item:   \(shown)\n  ours:   \(ours)\n  theirs: \(theirs)"
  }
}

/// A kind of case that a server is known to get wrong, with AWS's page that decides.
struct KnownDifference: Sendable {
  let server: Emulator.Kind
  let name: String
  /// Why we do not do as the server does.
  let why: String
  let page: String
  let explains: @Sendable (Difference) -> Bool

  private static let conditions =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html"
  private static let updates =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html"
  private static let numbers =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"

  static let all: [KnownDifference] =
    Emulator.Kind.allCases.map { server in
      KnownDifference(
        server: server, name: "an invalid path is passed over in REMOVE, ADD and DELETE",
        why: "the service refuses the update: the document path is invalid for it", page: updates
      ) { difference in
        guard difference.image == nil, difference.wasDone, let path = difference.invalidPath else {
          return false
        }
        return !difference.text.contains(path + " = ")
      }
    }
    + Emulator.Kind.allCases.map { server in
      KnownDifference(
        server: server, name: "places of a list move while it is changed",
        why:
          "all places are those of the list before the update, and what is beyond its end comes in their order",
        page: updates
      ) { ($0.update?.changesListTwice ?? false) || $0.setsEmptyListTwice }
    } + [
      KnownDifference(
        server: .roto, name: "a value of an item that has no size is refused",
        why: "only an operand of the request is checked; an item's makes the comparison false",
        page: conditions
      ) { $0.theirs.contains("operator or function: size, operand type: ") },
      KnownDifference(
        server: .roto, name: "size counts UTF-8 bytes",
        why: "the service counts UTF-16 code units (github.com/ExtendDB/extenddb, pull request 67)",
        page: conditions
      ) { $0.isFilter && $0.text.contains("size(") && $0.hasText { !$0.utf8.allSatisfy { $0 < 0x80 } } },
      KnownDifference(
        server: .roto, name: "bounds of BETWEEN from an item are refused when they are the wrong way round",
        why: "only bounds of the request are checked; an item's make the condition false", page: conditions
      ) { $0.theirs.contains("BETWEEN operator requires") },
      KnownDifference(
        server: .roto, name: "a value of an item that begins_with can't take is refused",
        why: "only an operand of the request is checked; an item's makes the condition false",
        page: conditions
      ) { $0.theirs.contains("operator or function: begins_with, operand type: ") },
      KnownDifference(
        server: .ministack, name: "a value of an item that begins_with can't take is refused",
        why: "only an operand of the request is checked; an item's makes the condition false",
        page: conditions
      ) { $0.theirs.contains("operator or function: begins_with, operand type: ") },
      KnownDifference(
        server: .ministack, name: "an element of what is not a list is passed over in SET",
        why: "the service refuses the update: the document path is invalid for it", page: updates
      ) { difference in
        guard difference.image == nil, difference.wasDone, let path = difference.invalidPath else {
          return false
        }
        return path.hasSuffix("]") && difference.text.contains(path + " = ")
      },
      KnownDifference(
        server: .ministack, name: "a number, a Boolean and NULL have the size 0",
        why: "only strings, binary, sets, lists and maps have a size", page: conditions
      ) { $0.isFilter && $0.sizesWhatHasNone },
      KnownDifference(
        server: .ministack, name: "no binary contains another",
        why: "a part of a binary is found as a part of a string is (seen on the service)", page: conditions
      ) { $0.isFilter && $0.looksIntoBinary },
      KnownDifference(
        server: .ministack, name: "two missing attributes are equal",
        why: "what is missing equals nothing and differs from everything", page: conditions
      ) { $0.isFilter && $0.comparesMissing },
      KnownDifference(
        server: .ministack, name: "operands of the wrong type are passed over",
        why: "the service refuses the update: an operand has an incorrect data type", page: updates
      ) { $0.wasDone && $0.ours.hasPrefix("wrongType(") },
      KnownDifference(
        server: .ministack, name: "sums are rounded to 28 digits",
        why: "DynamoDB is exact to 38 digits and refuses what needs more", page: numbers
      ) { $0.wasDone && $0.hasSum && $0.hasLongNumber },
    ]
}

extension Update {
  /// Whether two actions name places of one list, and not both of them are SET.
  fileprivate var changesListTwice: Bool {
    var lists: [DocumentPath: [Action]] = [:]
    for action in actions {
      for (depth, element) in action.path.elements.enumerated() {
        guard case .index = element else { continue }
        var list = action.path
        list.elements.removeSubrange(depth...)
        lists[list, default: []].append(action)
      }
    }
    return lists.values.contains { actions in
      actions.count > 1 && actions.contains { if case .set = $0.effect { false } else { true } }
    }
  }
}

extension Difference {
  /// Whether two actions set places of a list that has none.
  var setsEmptyListTwice: Bool {
    guard let update, let item = items.first else { return false }
    let evaluator = Evaluator(item: item, bindings: ExpressionBindings())
    let lists = update.actions.compactMap { action -> DocumentPath? in
      guard case .set = action.effect, case .index? = action.path.elements.last else { return nil }
      var list = action.path
      list.elements.removeLast()
      return evaluator.value(at: list) == .list([]) ? list : nil
    }
    return lists.count > Set(lists).count
  }

  /// Whether the server answered a filter for one item.
  var isFilter: Bool { ours == "true" || ours == "false" }

  /// Whether the server made an update.
  var wasDone: Bool { theirs.hasPrefix("{") }

  var hasSum: Bool { text.contains(" + ") || text.contains(" - ") || text.contains("ADD ") }

  /// The path that we found to be invalid.
  var invalidPath: String? {
    guard ours.hasPrefix("invalidPath(\"") else { return nil }
    return String(ours.dropFirst("invalidPath(\"".count).dropLast(2)).replacing("\\\"", with: "\"")
  }

  /// Whether the condition compares two paths of which neither is there.
  var comparesMissing: Bool {
    anyComparison { operands, evaluator in
      operands.count > 1
        && isMissing(operands[0], evaluator)
        && operands.dropFirst().contains { isMissing($0, evaluator) }
    }
  }

  /// Whether the condition asks for the size of something in the item that has none.
  var sizesWhatHasNone: Bool {
    anyComparison { operands, evaluator in
      operands.contains { node in
        guard case .call(.size, let arguments) = node.operand, let path = arguments[0].path else {
          return false
        }
        return evaluator.value(at: path).map { $0.expressionSize == nil } ?? false
      }
    }
  }

  /// Whether the condition looks for a binary in a binary.
  var looksIntoBinary: Bool {
    anyComparison { operands, evaluator in
      operands.count == 2
        && operands.allSatisfy { if case .binary? = try? evaluator.value($0) { true } else { false } }
    }
  }

  private func isMissing(_ node: OperandNode, _ evaluator: Evaluator) -> Bool {
    node.path.map { evaluator.value(at: $0) == nil } ?? false
  }

  /// Whether the operands of a comparison, BETWEEN, IN or contains of the condition are such.
  private func anyComparison(_ test: ([OperandNode], Evaluator) -> Bool) -> Bool {
    guard let condition = try? Condition(ExpressionSource(text)), let item = items.first else { return false }
    let evaluator = Evaluator(item: item, bindings: ExpressionBindings())
    return Self.comparisons(condition.node).contains { test($0, evaluator) }
  }

  private static func comparisons(_ condition: ConditionNode) -> [[OperandNode]] {
    switch condition {
    case .all(let parts), .any(let parts): parts.flatMap(comparisons)
    case .not(let part): comparisons(part)
    case .compare(_, let left, let right): [[left, right]]
    case .between(let node, let lower, let upper): [[node, lower, upper]]
    case .isIn(let node, let choices): [[node] + choices]
    case .contains(let node, let part): [[node, part]]
    default: []
    }
  }

  /// Whether a string in an item is such.
  func hasText(_ test: (String) -> Bool) -> Bool {
    items.contains { item in item.entries.contains { Self.hasText($0.value, test) } }
  }

  private static func hasText(_ value: AttributeValue, _ test: (String) -> Bool) -> Bool {
    switch value {
    case .string(let text): test(text.string)
    case .list(let list): list.contains { hasText($0, test) }
    case .map(let map): map.entries.contains { hasText($0.value, test) }
    default: false
    }
  }

  /// Whether a number is longer than 28 digits, here or in the item.
  var hasLongNumber: Bool {
    let digits = (text + items.map { DynamoDBJSON.text($0) }.joined() + ours).split {
      !$0.isNumber && $0 != "."
    }
    return digits.contains { $0.count > 28 }
  }
}
