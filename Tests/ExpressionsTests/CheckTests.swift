import DynamoJournalExpressions
import DynamoJournalTables
import Testing

@Suite("Expressions are checked before any item is looked at")
struct CheckTests {
  @Test(
    "conditions",
    arguments: [
      ("", ExpressionError.Kind.empty, 1), ("  ", .empty, 1),
      ("a", .notACondition, 1), ("a = 1 AND b", .notACondition, 11), ("size(a)", .notACondition, 1),
      ("a == 1", .unexpected(found: "'='", expected: "a value, a path or a function"), 4),
      ("a != 1", .unknownCharacter("!"), 3), ("a = 'x", .unterminated("the text"), 5),
      ("`a = 1", .unterminated("the name"), 1),
      ("a = 1 b", .unexpected(found: "'b'", expected: "an operator or the end"), 7),
      ("a = AND b = 1", .unexpected(found: "'AND'", expected: "a value"), 5),
      (
        "a.1 = 2",
        .unexpected(
          found: "a number", expected: "a name after the dot; one that begins with a digit goes in back-ticks"
        ), 3
      ),
      ("a[-1] = 2", .unexpected(found: "'-'", expected: "the place of an element, counted from 0"), 3),
      (
        "12ab = 1", .unexpected(found: "a letter in a number", expected: "a number, or a name in back-ticks"),
        1
      ),
      ("sise(a) = 1", .unknownFunction("sise", nearest: "size"), 1),
      ("Lower(a) = 'x'", .unknownFunction("Lower", nearest: "lower"), 1),
      ("frobnicate(a) = 1", .unknownFunction("frobnicate", nearest: nil), 1),
      ("a = $nwo", .unknownVariable("nwo", nearest: "$now"), 5),
      ("size(a, b) = 1", .wrongArgumentCount("size", expected: 1...1, found: 2), 1),
      ("attribute_type(a) ", .wrongArgumentCount("attribute_type", expected: 2...2, found: 1), 1),
      (
        "a + 1 = 2",
        .notAllowedHere(
          "+",
          allowed:
            "'set' alone can calculate; a name with a minus sign in it goes in back-ticks, for example `my-attr`"
        ), 3
      ),
      (
        "if_not_exists(a, 1) = 1", .notAllowedHere("if_not_exists", allowed: "DynamoDB has it in 'set' only"),
        1
      ),
      ("attribute_exists('a')", .needsPath("attribute_exists"), 18),
      ("attribute_type(a, 'X')", .badTypeName("X"), 19),
      ("a < true", .wrongType(operation: "<", found: "BOOL", expected: "S, N, B"), 5),
      ("[1] >= a", .wrongType(operation: ">=", found: "L", expected: "S, N, B"), 1),
      ("begins_with(a, 1)", .wrongType(operation: "begins_with", found: "N", expected: "S, B"), 16),
      ("a BETWEEN 2 AND 1", .badBounds, 11), ("a BETWEEN 1 AND 'x'", .badBounds, 11),
      ("a BETWEEN 1 OR 2", .unexpected(found: "'OR'", expected: "AND and the upper bound of BETWEEN"), 13),
      ("a IN ()", .unexpected(found: "')'", expected: "at least one value"), 7),
      ("a = a", .sameOperands("="), 1), ("contains(a.b, a.b)", .sameOperands("contains"), 10),
      ("a = <<>>", .emptySet, 5), ("a = <<1, 'x'>>", .mixedSet, 10), ("a = <<[1]>>", .mixedSet, 7),
      ("a = <<1, 1.0>>", .duplicateElement, 10), ("a = {b: 1, 'b': 2}", .duplicateName("b"), 12),
      ("a = 123456789012345678901234567890123456789", .badNumber(.tooPrecise), 5),
      ("a = 1E126", .badNumber(.tooLarge), 5), ("a = -1E-131", .badNumber(.tooSmall), 6),
      ("a = b64'?'", .badBinary, 5),
      ("a = number('x')", .alwaysFails(.number(operation: "number", .notANumber)), 5),
      ("lower(1) = 'x'", .wrongType(operation: "lower", found: "N", expected: "S"), 7),
      (
        "a = lower(contains(b, 'x'))",
        .notAllowedHere("contains", allowed: "it is a condition and belongs in 'where' or 'expect'"), 11
      ),
    ])
  func conditions(_ text: String, _ kind: ExpressionError.Kind, _ column: Int) throws {
    let error = #expect(throws: ExpressionError.self) {
      try Condition(ExpressionSource(text, clause: "where"))
    }
    #expect(error?.kind == kind)
    #expect(error?.place.line == 1 && error?.place.column == column)
    #expect(error.map { !$0.problem.isEmpty && !"\($0)".contains("nil") } == true)
  }

  @Test(
    "updates",
    arguments: [
      ("a = 1, a = 2", ExpressionError.Kind.overlappingPaths("a", "a"), 8),
      ("a.b = 1, a = 2", .overlappingPaths("a.b", "a"), 10),
      ("a = 1, a[1] = 2", .overlappingPaths("a", "a[1]"), 8),
      ("a.b.c = 1, a.b = 2", .overlappingPaths("a.b.c", "a.b"), 12),
      ("a.b = 1, a[1] = 2", .conflictingPaths("a.b", "a[1]"), 10),
      ("a.b.c = 1, a.b[0] = 2", .conflictingPaths("a.b.c", "a.b[0]"), 12),
      ("id = 1", .keyAttribute("id"), 1), ("`id`.x = 1", .keyAttribute("id"), 1),
      ("x = 1, slot = 2", .keyAttribute("slot"), 8),
      ("a = 'x' + 1", .wrongType(operation: "+", found: "S", expected: "N"), 5),
      ("a = b - [1]", .wrongType(operation: "-", found: "L", expected: "N"), 9),
      ("a = list_append(b, 'x')", .wrongType(operation: "list_append", found: "S", expected: "L"), 20),
      ("a = if_not_exists('x', 1)", .needsPath("if_not_exists"), 19),
      ("a = 9E125 + 9E125", .alwaysFails(.number(operation: "+", .tooLarge)), 5),
      ("a", .unexpected(found: "the end", expected: "'='"), 2),
      ("a = 1,", .unexpected(found: "the end", expected: "the name of an attribute"), 7),
      ("a = 1 b = 2", .unexpected(found: "'b'", expected: "',' or the end"), 7),
      (
        "a = attribute_exists(b)",
        .notAllowedHere("attribute_exists", allowed: "it is a condition and belongs in 'where' or 'expect'"),
        5
      ),
    ])
  func updates(_ text: String, _ kind: ExpressionError.Kind, _ column: Int) throws {
    let key = KeySchema(partition: KeyAttribute("id", .string), sort: KeyAttribute("slot", .number))
    let error = #expect(throws: ExpressionError.self) {
      try Expression.update(set: text, scope: ExpressionScope(key: key))
    }
    #expect(error?.kind == kind)
    #expect(error?.place.column == column)
  }

  @Test("paths of different clauses overlap, too, and each clause takes its own types")
  func clauses() throws {
    let overlap = #expect(throws: ExpressionError.self) {
      try Expression.update(set: "a.b = 1", remove: "x, a")
    }
    #expect(overlap?.kind == .overlappingPaths("a.b", "a") && overlap?.place.clause == "remove")
    let add = #expect(throws: ExpressionError.self) { try Expression.update(add: "a 'x'") }
    #expect(add?.kind == .wrongType(operation: "add", found: "S", expected: "N, SS, NS, BS"))
    let delete = #expect(throws: ExpressionError.self) { try Expression.update(delete: "a 1") }
    #expect(delete?.kind == .wrongType(operation: "delete", found: "N", expected: "SS, NS, BS"))
    #expect(throws: Never.self) {
      try Expression.update(set: "a.x = 1, a.y.z = a.x", remove: "a.y.q, b[1], b[0]")
    }
  }

  @Test("an error shows file, line, column and the place with a caret")
  func places() throws {
    let source = ExpressionSource(
      "name = 'é' AND\n  sise(name) = 1", clause: "where", file: "07.yaml", line: 4, column: 8,
      continuationColumn: 3)
    let error = #expect(throws: ExpressionError.self) { try Condition(source) }
    #expect(
      error?.description == """
        07.yaml:5:5: there is no function 'sise'; did you mean 'size'?
          sise(name) = 1
          ^^^^
        """)
    let first = #expect(throws: ExpressionError.self) {
      try Condition(ExpressionSource("é = 'é' !", file: "x.yaml", line: 2, column: 10))
    }
    #expect(first?.place.position == "x.yaml:2:18")
    let long = String(repeating: "a = 1 AND ", count: 400) + "?"
    let excerpt = #expect(throws: ExpressionError.self) { try Condition(ExpressionSource(long)) }?.place
      .excerpt
    #expect(excerpt.map { $0.line.count <= 100 && $0.text.hasSuffix("^") } == true)
  }

  @Test(
    "habits from other languages are answered with what to type",
    arguments: [
      ("a = \"x\"", "'free'"), ("#a = 1", "name itself"), ("a = 1 && b = 2", "AND"), ("a != 1", "<>"),
      ("my-attr = 1", "`my-attr`"), ("lenght(a) = 1 AND sizes(b) = 1", nil),
      ("atribute_exists(a)", "attribute_exists"),
    ])
  func remedies(_ text: String, _ word: String?) throws {
    let error = #expect(throws: ExpressionError.self) { try Condition(ExpressionSource(text)) }
    #expect(word.map { error?.remedy?.contains($0) == true } ?? (error?.remedy == nil))
  }

  @Test("length and depth are bounded, and long chains are not deep")
  func bounds() throws {
    let long = #expect(throws: ExpressionError.self) {
      try Condition(ExpressionSource("a = '" + String(repeating: "x", count: 65_536) + "'"))
    }
    #expect(long?.kind == .tooLong(limit: 65_536))
    for (open, close) in [
      ("(", ")"), ("[", "]"), ("{a:", "}"), ("lower(", ")"), ("NOT ", ""), ("(NOT ", ")"),
    ] {
      let text = String(repeating: open, count: 3_000) + "a = 1" + String(repeating: close, count: 3_000)
      let error = #expect(throws: ExpressionError.self) { try Condition(ExpressionSource(text)) }
      #expect(error?.kind == .tooDeep(limit: 64), "\(open)")
    }
    let path = #expect(throws: ExpressionError.self) {
      try Condition(ExpressionSource("a" + String(repeating: ".b", count: 33) + " = 1"))
    }
    #expect(path?.kind == .tooDeep(limit: 32))
    for chain in [" AND ", " OR "] {
      let text = Array(repeating: "a<>1", count: 6_000).joined(separator: chain)
      #expect(try Expression.holds(text))
    }
    // Side by side is not inside each other.
    let parts = (0..<200).map { "(a = lower('x') AND b = [\($0)] AND NOT c = {d: <<\($0)>>})" }
    #expect(try !Expression.holds(parts.joined(separator: " OR ")))
    let sum = "n = " + Array(repeating: "1", count: 20_000).joined(separator: "+")
    #expect(try Expression.update(set: sum).applied(to: Item()).image["n"] == .number(20_000))
  }
}
