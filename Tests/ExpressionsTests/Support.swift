import DynamoJournalExpressions
import Foundation
import DynamoJournalTables
import Testing

/// A generator of random numbers with a seed (SplitMix64), so that a failure can be had again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Short forms for tests.
enum Expression {
  static func holds(_ text: String, _ item: Item = Item()) throws -> Bool {
    try Condition(ExpressionSource(text)).holds(for: item, bindings)
  }

  static func value(_ text: String, _ item: Item = Item()) throws -> AttributeValue {
    try ValueExpression(ExpressionSource(text)).value(for: item, bindings)
  }

  static func update(
    set: String? = nil, remove: String? = nil, add: String? = nil, delete: String? = nil,
    scope: ExpressionScope = ExpressionScope()
  ) throws(ExpressionError) -> Update {
    try Update(
      Update.Clauses(
        set: set.map { ExpressionSource($0, clause: "set") },
        remove: remove.map { ExpressionSource($0, clause: "remove") },
        add: add.map { ExpressionSource($0, clause: "add") },
        delete: delete.map { ExpressionSource($0, clause: "delete") }), scope: scope)
  }

  static func item(_ json: String) throws -> Item { try DynamoDBJSON.item(from: Array(json.utf8)) }

  static let bindings = ExpressionBindings(variables: [
    "now": .string("2026-11-23T05:14:02.113Z"), "run": .string("07-20261123-051402-k3f9"),
    "index": .number(0),
  ])
}

/// A number that the environment sets, for longer forms of a test.
func setting(_ name: String, default value: Int) -> Int {
  ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
}
