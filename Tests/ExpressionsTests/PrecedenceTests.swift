import DynamoJournalExpressions
import DynamoJournalTables
import Testing

@Suite("Conditions bind as DynamoDB's do")
struct PrecedenceTests {
  private static let item: Item = ["t": .bool(true), "f": .bool(false), "n": .number(2), "in": .number(1)]

  @Test(
    "NOT before AND before OR; BETWEEN keeps its own AND; parentheses win",
    arguments: [
      ("t = true OR f = true AND f = true", true), ("(t = true OR f = true) AND f = true", false),
      ("NOT f = true AND t = true", true), ("NOT (f = true AND t = true)", true),
      ("NOT t = true OR t = true", true), ("NOT (t = true OR t = true)", false),
      ("n BETWEEN 1 AND 3 AND t = true", true), ("n BETWEEN 1 AND 3 AND f = true", false),
      ("NOT NOT t = true", true), ("((n)) = ((2))", true), ("not n in (1, 3) or f = true", true),
    ])
  func binding(_ text: String, _ expected: Bool) throws {
    #expect(try Condition(ExpressionSource(text)).holds(for: Self.item) == expected)
  }

  @Test(
    "a keyword is a name where only a name can stand",
    arguments: [
      "in = 1", "in IN (1)", "in BETWEEN in AND 1", "NOT size = 1", "attribute_exists(in)", "`in` = 1",
      "attribute_not_exists(not) AND NOT not = 1", "attribute_not_exists(and.or.between)",
    ])
  func keywords(_ text: String) throws {
    #expect(try Condition(ExpressionSource(text)).holds(for: Self.item))
  }
}
