import DynamoJournalTables
import Testing

@testable import DynamoJournalExpressions

@Suite("The functions that DynamoDB lacks")
struct FunctionTests {
  private static let examples: [(Function, String, String)] = [
    (.string, "string(12.50)", "'12.5'"), (.string, "string('x')", "'x'"),
    (.string, "string(false)", "'false'"),
    (.string, "string(1E21)", "'1000000000000000000000'"),
    (.number, "number('12.50')", "12.5"), (.number, "number('-1E2')", "-100"), (.number, "number(7)", "7"),
    (.concat, "concat('a', '', 'é')", "'aé'"), (.concat, "concat('a')", "'a'"),
    (.substr, "substr('héllo', 1, 3)", "'éll'"), (.substr, "substr('abc', 1)", "'bc'"),
    (.substr, "substr('abc', 3)", "''"),
    (.substr, "substr('abc', 9, 1)", "''"), (.substr, "substr('abc', 1, 1E30)", "'bc'"),
    (.substr, "substr('a😀b', 1, 1)", "'😀'"),
    // Two scalars that are one character for a reader.
    (.substr, "substr('e\u{301}x', 0, 1)", "'e'"),
    (.lower, "lower('ÀB İ')", "'àb i\u{307}'"), (.upper, "upper('straße')", "'STRASSE'"),
    (.trim, "trim('\t a b\u{a0}\n')", "'a b'"), (.trim, "trim('  ')", "''"), (.trim, "trim('')", "''"),
    (.split, "split('a,b,,c', ',')", "['a', 'b', '', 'c']"), (.split, "split('', ',')", "['']"),
    (.split, "split('aaa', 'aa')", "['', 'a']"),
    (.join, "join(['a', 'b'], '-')", "'a-b'"), (.join, "join([], '-')", "''"),
    (.join, "join(<<'b', 'a'>>, ',')", "'a,b'"),
    (.replace, "replace('banana', 'an', 'A')", "'bAAa'"), (.replace, "replace('x', 'y', 'z')", "'x'"),
    (.replace, "replace('e\u{301}', 'e', 'a')", "'a\u{301}'"),
    (.coalesce, "coalesce(null, 1, 2)", "1"), (.coalesce, "coalesce(gone, null)", "null"),
    (.coalesce, "coalesce(gone, 'x')", "'x'"),
    (.epoch, "epoch('2026-11-23T05:14:02.113Z')", "1795410842"),
    (.epoch, "epoch('2026-11-23T05:14:02.113Z', 'ms')", "1795410842113"),
    (.epoch, "epoch('2026-11-23T05:14:02Z', 'us')", "1795410842000000"), (.epoch, "epoch('1970-01-01')", "0"),
    (.epoch, "epoch('1969-12-31T23:59:59.9Z')", "-1"), (.epoch, "epoch('0000-01-01')", "-62167219200"),
    (.epoch, "epoch('2024-02-29t00:00:00+00:00')", "1709164800"),
    (.iso8601, "iso8601(1795410842)", "'2026-11-23T05:14:02Z'"),
    (.iso8601, "iso8601(1795410842113, 'ms')", "'2026-11-23T05:14:02.113Z'"),
    (.iso8601, "iso8601(-86400)", "'1969-12-31T00:00:00Z'"),
    (.iso8601, "iso8601(-0.5)", "'1969-12-31T23:59:59.500Z'"),
    (.iso8601, "iso8601(0.000001)", "'1970-01-01T00:00:00.000001Z'"),
    (.iso8601, "iso8601(253402300799)", "'9999-12-31T23:59:59Z'"),
    (.iso8601, "iso8601(1, 'us')", "'1970-01-01T00:00:00.000001Z'"),
    (.sha256, "sha256('abc')", "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'"),
    (.sha256, "sha256(b64'')", "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'"),
    (.size, "size('é😀')", "3"), (.size, "size([1, 2])", "2"),
    (.ifNotExists, "if_not_exists(gone, 1)", "1"), (.listAppend, "list_append([1], [2])", "[1, 2]"),
  ]

  @Test("values", arguments: examples.map { ($0.1, $0.2) })
  func values(_ text: String, _ expected: String) throws {
    #expect(try Expression.value(text) == Expression.value(expected))
  }

  @Test("each function that gives a value is in the table above")
  func complete() {
    let values = Set(Function.allCases.filter { !$0.isCondition })
    #expect(Set(Self.examples.map(\.0)) == values)
  }

  @Test(
    "what makes no sense fails with a reason",
    arguments: [
      "number('')", "number(' 1')", "number('0x10')", "number('NaN')", "number('1E126')",
      "substr('abc', -1)", "substr('abc', 0, -1)", "substr('abc', 0.5)", "split('a', '')",
      "replace('a', '', 'b')",
      "join(['a', 1], '')", "epoch('2026-11-23T05:14:02')", "epoch('2026-11-23T05:14:02+01:00')",
      "epoch('2026-02-29')",
      "epoch('2026-11-23T24:00:00Z')", "epoch('2026-11-23T05:14:60Z')", "epoch('2026-11-23T05:14:02.Z')",
      "epoch('2026-13-01')",
      "epoch('')", "epoch('2026-11-23', 'h')", "iso8601(253402300800)", "iso8601(-62167219201)",
      "iso8601(1E30)",
      "iso8601(0.0000000001)", "iso8601(1, 'days')", "epoch('2026-11-23Z')", "epoch('２026-11-23')",
    ])
  func failures(_ text: String) throws {
    let error = #expect(throws: ExpressionError.self) { try ValueExpression(ExpressionSource(text)) }
    guard case .alwaysFails(let reason)? = error?.kind else {
      Issue.record("\(String(describing: error))"); return
    }
    #expect(!reason.problem.isEmpty)
  }

  @Test("the same failures are found for an item when the argument comes from it, and name no value")
  func failuresOfItems() throws {
    for (text, value) in [
      ("number(a)", "secret"), ("epoch(a)", "secret"), ("split('x', a)", ""), ("replace('x', a, 'y')", ""),
    ] {
      let expression = try ValueExpression(ExpressionSource(text))
      let error = #expect(throws: EvaluationFailure.self) { try expression.value(for: ["a": .string(value)]) }
      #expect(error.map { "\($0)".contains("secret") } == false)
    }
    let join = try ValueExpression("join(a, ',')")
    #expect(throws: EvaluationFailure.self) { try join.value(for: ["a": .list([.number(1)])]) }
  }

  @Test("a result larger than any item is refused before it is made")
  func bounds() throws {
    let item: Item = [
      "a": .string(String(repeating: "a", count: 300_000)),
      "l": .list(Array(repeating: .string("abc"), count: 100_000)),
    ]
    for text in [
      "concat(a, a)", "replace(a, 'a', 'bb')", "join(l, '--')", "upper(replace(a, 'a', 'ß'))",
      "list_append(list_append(l, l), l)",
    ] {
      let error = #expect(throws: EvaluationFailure.self) { try Expression.value(text, item) }
      guard case .tooLarge? = error?.reason else {
        Issue.record("\(text): \(String(describing: error))"); continue
      }
    }
    #expect(try Expression.value("size(replace(a, 'aa', 'b'))", item) == .number(150_000))
  }

  @Test("times read back as they were written")
  func times() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<5_000 {
      let seconds = Int64.random(in: -62_167_219_200...253_402_300_799, using: &generator)
      let item: Item = ["t": .number(seconds)]
      #expect(try Expression.value("epoch(iso8601(t))", item) == .number(seconds))
    }
  }

  @Test("bytes are found in linear time, whatever they are")
  func search() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<3_000 {
      let hay = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
        UInt8.random(in: 0...1, using: &generator)
      }
      let start = Int.random(in: 0...hay.count, using: &generator)
      let end = min(hay.count, start + Int.random(in: 0...40, using: &generator))
      var needle = Array(hay[start..<end])
      if !needle.isEmpty, Bool.random(using: &generator) { needle[needle.count - 1] ^= 1 }
      let naive = (0...max(0, hay.count - needle.count)).first {
        $0 + needle.count <= hay.count && hay[$0..<($0 + needle.count)].elementsEqual(needle)
      }
      let found = hay.withUnsafeBufferPointer { hay in
        needle.withUnsafeBufferPointer { ByteSearch.first($0, in: hay) }
      }
      #expect(found == naive)
    }
  }
}
