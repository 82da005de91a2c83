import DynamoJournalExpressions
import DynamoJournalTables

/// Random items and native expressions, from a seed.
struct Samples {
  private var generator: SeededGenerator
  /// Paths that lead somewhere in the item that an expression is made for.
  private var known: [String] = []

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private static let roots = ["a", "b", "c", "d", "size", "in", "`a.b`", "`é-1`"]
  private static let suffixes = ["", "", "", ".x", ".y", "[0]", "[1]", "[7]", ".x[0]", "[0].x", ".`a.b`"]
  private static let texts = ["", "a", "ab", "abc", "b", "B", "it's", "é", "é😀", "zebra", "1"]
  private static let numbers = [
    "0", "1", "2", "-1", "3", "10", "0.5", "-0.25", "1.10", "100", "9999999999",
    "12345678901234567890123456789012345678",
    "1E50", "-1E-10", "99999999999999999999999999999999999999", "9E125",
  ]
  private static let binaries: [[UInt8]] = [[], [0], [104, 105], [104, 105, 255], [255]]
  private static let members: [Text] = ["x", "y", "a.b"]

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &generator)]
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &generator) < percent
  }

  private mutating func several<Element>(_ range: ClosedRange<Int>, _ make: (inout Samples) -> Element)
    -> [Element]
  {
    (0..<Int.random(in: range, using: &generator)).map { _ in make(&self) }
  }

  // MARK: Items

  /// An item with that key and some of the attributes that the expressions name.
  mutating func item(id: String) -> Item {
    var item: Item = ["id": .string(id)]
    for root in Self.roots where chance(70) {
      item[Text(root.replacing("`", with: ""))] = value(depth: 2)
    }
    return item
  }

  private mutating func number() -> DecimalNumber {
    // Most are small, so that sums have a result.
    let index =
      chance(85) ? Int.random(in: 0..<11, using: &generator) : Int.random(in: 0..<16, using: &generator)
    return (try? DecimalNumber(Self.numbers[index])) ?? DecimalNumber(0)
  }

  mutating func value(depth: Int) -> AttributeValue {
    switch Int.random(in: 0..<(depth > 0 ? 14 : 9), using: &generator) {
    case 0, 1: .string(pick(Self.texts))
    case 2, 3, 4: .number(number())
    case 5: .binary(pick(Self.binaries))
    case 6: .bool(chance(50))
    case 7: .null
    case 8: set()
    case 9, 10, 11: .list(several(0...3) { $0.value(depth: depth - 1) })
    default: .map(map(depth: depth - 1))
    }
  }

  private mutating func map(depth: Int) -> AttributeMap {
    var map = AttributeMap()
    for name in Self.members where chance(60) { map[name] = value(depth: depth) }
    return map
  }

  private mutating func set() -> AttributeValue {
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: .stringSet(Set(several(1...3) { Text($0.pick(Self.texts.filter { !$0.isEmpty })) }))
    case 1: .numberSet(Set(several(1...3) { $0.number() }))
    default: .binarySet(Set(several(1...2) { $0.pick(Self.binaries.filter { !$0.isEmpty }) }))
    }
  }

  // MARK: Expressions

  /// A condition that DynamoDB can be asked, too; most of its paths are those of an item.
  mutating func condition(for item: Item) -> Condition {
    known = Self.paths(of: item)
    while true {
      let text = condition(depth: 2)
      if let condition = try? Condition(ExpressionSource(text)), condition.request() != nil {
        return condition
      }
    }
  }

  /// An update that DynamoDB can be asked, too; most of its paths are those of an item.
  mutating func update(for item: Item) -> (text: String, update: Update) {
    known = Self.paths(of: item)
    while true {
      let set = chance(75) ? several(1...3) { "\($0.path()) = \($0.right())" }.joined(separator: ", ") : nil
      let remove = chance(35) ? several(1...2) { $0.path() }.joined(separator: ", ") : nil
      let add =
        chance(25)
        ? "\(path()) \(chance(60) ? Literal.text(.number(number())) : Literal.text(self.set()))" : nil
      let delete = chance(20) ? "\(path()) \(Literal.text(self.set()))" : nil
      guard let update = try? Expression.update(set: set, remove: remove, add: add, delete: delete),
        update.request() != nil
      else { continue }
      let clauses = [("SET", set), ("REMOVE", remove), ("ADD", add), ("DELETE", delete)]
      return (
        clauses.compactMap { clause in clause.1.map { "\(clause.0) \($0)" } }.joined(separator: " "), update
      )
    }
  }

  private mutating func path() -> String {
    if !known.isEmpty, chance(65) { return pick(known) }
    return pick(Self.roots) + (chance(60) ? "" : pick(Self.suffixes))
  }

  private static func paths(of item: Item) -> [String] {
    item.entries.filter { $0.name != "id" }.flatMap { paths(to: $0.value, "`\($0.name)`") }
  }

  private static func paths(to value: AttributeValue, _ path: String) -> [String] {
    switch value {
    case .list(let list):
      [path, path + "[\(list.count + 2)]"]
        + list.enumerated().flatMap { paths(to: $0.element, path + "[\($0.offset)]") }
    case .map(let map):
      [path, path + ".new"] + map.entries.flatMap { paths(to: $0.value, path + ".`\($0.name)`") }
    default: [path]
    }
  }

  private mutating func literal() -> String { Literal.text(value(depth: 1)) }

  private mutating func operand() -> String { chance(60) ? path() : literal() }

  private mutating func right() -> String {
    switch Int.random(in: 0..<10, using: &generator) {
    case 0, 1, 2: literal()
    case 3, 4: path()
    case 5: "if_not_exists(\(path()), \(operand()))"
    case 6: "list_append(\(operand()), \(Literal.text(.list([value(depth: 0)]))))"
    case 7: "list_append(if_not_exists(\(path()), []), \(path()))"
    case 8: "\(path()) \(pick(["+", "-"])) \(Literal.text(.number(number())))"
    default: "if_not_exists(\(path()), \(Literal.text(.number(number())))) \(pick(["+", "-"])) \(path())"
    }
  }

  private mutating func condition(depth: Int) -> String {
    guard depth > 0, chance(55) else { return test() }
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: return several(2...3) { "(\($0.condition(depth: depth - 1)))" }.joined(separator: " AND ")
    case 1: return several(2...3) { $0.condition(depth: depth - 1) }.joined(separator: " OR ")
    default: return "NOT (\(condition(depth: depth - 1)))"
    }
  }

  private mutating func sizeOfString() -> String {
    let path = path()
    return "(attribute_type(\(path), 'S')) AND (size(\(path)) = \(Int.random(in: 1...6, using: &generator)))"
  }

  private mutating func test() -> String {
    switch Int.random(in: 0..<14, using: &generator) {
    case 13: sizeOfString()
    case 0, 1, 2, 3: "\(path()) \(pick(["=", "<>", "<", "<=", ">", ">="])) \(operand())"
    case 4: "\(operand()) \(pick(["=", "<>", "<", ">="])) \(path())"
    case 5: "size(\(path())) \(pick(["=", "<>", "<", ">"])) \(Int.random(in: 0...3, using: &generator))"
    case 6: "\(path()) BETWEEN \(operand()) AND \(operand())"
    case 7: "\(path()) IN (\(several(1...4) { $0.operand() }.joined(separator: ", ")))"
    case 8: "attribute_exists(\(path()))"
    case 9: "attribute_not_exists(\(path()))"
    case 10:
      "attribute_type(\(path()), '\(pick(["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]))')"
    case 11: "begins_with(\(path()), \(operand()))"
    default: "contains(\(path()), \(operand()))"
    }
  }
}

/// Values as the language writes them.
enum Literal {
  static func text(_ value: AttributeValue) -> String {
    switch value {
    case .string(let text): "'" + text.string.replacing("'", with: "''") + "'"
    case .number(let number): number.text
    case .binary(let bytes): "b64'" + base64(bytes) + "'"
    case .bool(let bool): bool ? "true" : "false"
    case .null: "null"
    case .list(let list): "[" + list.map(text).joined(separator: ", ") + "]"
    case .map(let map):
      "{" + map.entries.map { "`\($0.name)`: " + text($0.value) }.joined(separator: ", ") + "}"
    case .stringSet(let set): "<<" + set.sorted().map { text(.string($0)) }.joined(separator: ", ") + ">>"
    case .numberSet(let set): "<<" + set.sorted().map(\.text).joined(separator: ", ") + ">>"
    case .binarySet(let set): "<<" + set.map { text(.binary($0)) }.sorted().joined(separator: ", ") + ">>"
    }
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    // {"B":"…"}
    String(DynamoDBJSON.text(.binary(bytes)).dropFirst(6).dropLast(2))
  }
}
