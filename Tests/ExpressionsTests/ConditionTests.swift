import DynamoJournalExpressions
import DynamoJournalTables
import Testing

/// What is expected follows
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
@Suite("Conditions")
struct ConditionTests {
  private static let item = """
    {"s":{"S":"hello"},"n":{"N":"42"},"b":{"B":"aGVsbG8="},"t":{"BOOL":true},"z":{"NULL":true},
     "l":{"L":[{"S":"a"},{"N":"1"},{"L":[{"N":"2"}]},{"SS":["q"]}]},"m":{"M":{"x":{"N":"1"},"a.b":{"S":"dot"}}},
     "ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"bs":{"BS":["aGk="]},"u":{"S":"é😀"},"a.b":{"S":"top"},
     "big":{"N":"12345678901234567890123456789012345678"},"w-x":{"N":"1"}}
    """

  @Test(
    "comparisons",
    arguments: [
      ("s = 'hello'", true), ("s = 'Hello'", false), ("n = 42.0", true), ("n = '42'", false),
      ("t = true", true),
      ("z = null", true), ("b = b64'aGVsbG8='", true), ("ss = <<'b', 'a'>>", true), ("ns = <<2.0, 1>>", true),
      ("l[2] = [2]", true), ("m = {x: 1, 'a.b': 'dot'}", true), ("m = {x: 1}", false),
      // A missing attribute equals nothing and differs from everything, another missing one included.
      ("gone = 1", false), ("gone = lost", false), ("gone <> 1", true), ("gone <> lost", true),
      ("gone < 1", false),
      ("NOT gone < 1", true), ("gone >= 1", false), ("1 <> 2", true),
      // Values of different types are not equal and have no order.
      ("s <> 42", true), ("s < 42", false), ("s > 42", false), ("n <= s", false), ("t < n", false),
      ("l < n", false),
      ("s < 'help'", true), ("s <= 'hello'", true), ("s > 'Hello'", true), ("s < 'hello!'", true),
      ("n < 42.1", true), ("n >= 42", true), ("n > -100", true), ("b < b64'aGk='", true),
      // By UTF-8 bytes: é is after z.
      ("u > 'z'", true),
      ("big = 12345678901234567890123456789012345678", true),
      ("big < 12345678901234567890123456789012345679", true),
    ])
  func comparisons(_ text: String, _ expected: Bool) throws { try check(text, expected) }

  @Test(
    "BETWEEN and IN",
    arguments: [
      ("n BETWEEN 42 AND 42", true), ("n BETWEEN 43 AND 50", false), ("s BETWEEN 'a' AND 'i'", true),
      ("s BETWEEN n AND n", false), ("gone BETWEEN 1 AND 2", false), ("n BETWEEN gone AND 50", false),
      ("50 BETWEEN n AND 60", true), ("n BETWEEN 43 AND m.x", false),
      ("n IN (1, 'x', 42)", true), ("n IN ('42')", false), ("gone IN (gone2, 1)", false),
      ("ss IN (<<'a', 'b'>>)", true),
      ("1 IN (l[1])", true),
    ])
  func ranges(_ text: String, _ expected: Bool) throws { try check(text, expected) }

  @Test(
    "functions of conditions",
    arguments: [
      ("attribute_exists(m.x)", true), ("attribute_exists(m.y)", false), ("attribute_exists(l[4])", false),
      ("attribute_exists(`a.b`)", true), ("attribute_exists(a.b)", false),
      ("attribute_exists(m.`a.b`)", true),
      ("attribute_not_exists(s.x)", true), ("attribute_exists(z)", true), ("`w-x` = 1", true),
      ("attribute_type(s, 'S')", true), ("attribute_type(z, 'NULL')", true),
      ("attribute_type(gone, 'S')", false),
      ("attribute_type(ss, 'SS') AND attribute_type(ns, 'NS') AND attribute_type(bs, 'BS')", true),
      ("begins_with(s, 'hell')", true), ("begins_with(s, '')", true), ("begins_with(b, b64'aGU=')", true),
      ("begins_with(n, '4')", false), ("begins_with(gone, 'a')", false), ("begins_with('hello!', s)", true),
      ("contains(s, 'ell')", true), ("contains(s, 'Ell')", false), ("contains(ss, 'a')", true),
      ("contains(ns, 1.0)", true), ("contains(ns, '1')", false), ("contains(bs, b64'aGk=')", true),
      ("contains(b, b64'ZWw=')", true), ("contains(l, [2])", true), ("contains(l, <<'q'>>)", true),
      ("contains(l, 'q')", false), ("contains(m, 'x')", false), ("contains(gone, 'x')", false),
      // Strings count UTF-16 code units, as the service does.
      ("size(s) = 5", true), ("size(u) = 3", true), ("size(b) = 5", true), ("size(l) = 4", true),
      ("size(m) = 2", true),
      ("size(ss) = 2 AND size(ns) = 2 AND size(bs) = 1", true), ("size(n) = 2", false),
      ("size(n) <> 2", true),
      ("size(gone) < 100", false), ("size(s) < n", true), ("size(trim(s)) = 5", true),
    ])
  func functions(_ text: String, _ expected: Bool) throws { try check(text, expected) }

  @Test("the functions that DynamoDB lacks look at missing attributes as it does, and fail on wrong types")
  func pureFunctions() throws {
    let item = try Expression.item(Self.item)
    #expect(try Expression.holds("upper(s) = 'HELLO'", item))
    #expect(try !Expression.holds("upper(gone) = 'HELLO'", item))
    #expect(try Expression.holds("attribute_type(n, 'S') AND upper(n) = 'X' OR n = 42", item))
    let error = #expect(throws: EvaluationFailure.self) { try Expression.holds("upper(n) = '42'", item) }
    #expect(error?.reason == .wrongType(operation: "upper", found: "N", expected: "S"))
    #expect(error?.place?.column == 7)
  }

  private func check(_ text: String, _ expected: Bool) throws {
    #expect(try Expression.holds(text, try Expression.item(Self.item)) == expected)
  }
}
