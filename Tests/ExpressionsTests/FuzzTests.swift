import DynamoJournalExpressions
import DynamoJournalTables
import Testing

/// Whatever the text, an expression is read or refused, soon and without a crash. `EXPRESSION_FUZZ_SECONDS` goes on for
/// that long.
@Suite("Expressions stand whatever is written")
struct FuzzTests {
  private static let words = [
    "a", "b.c", "l[0]", "`x y`", "AND", "OR", "NOT", "IN", "BETWEEN", "(", ")", "[", "]", "{", "}", "<<",
    ">>", ",", ":", ".",
    "=", "<>", "<", "<=", ">", ">=", "+", "-", "'t'", "'it''s'", "12.5", "1E-130", "b64'aGk='", "true",
    "null", "$now", "$run",
    "size(", "lower(", "concat(", "if_not_exists(", "list_append(", "coalesce(", "substr(",
    "attribute_exists(", "contains(",
    "replace(", "number(", "epoch(", "iso8601(", "é", "😀", "\u{0}", "'", "`", "$", "b64'", " ", "\n", "\\",
    "#", "9", "x",
  ]
  private static let hard = [
    "a", "(", ")", "[", "{", "<<", ">>", ",", "-", "NOT ", "'", "''", "`", "``", "$", "9", "1E", "b64'", "é",
    "\u{0}", "\n", "size(",
  ]
  private static let samples = [
    "attribute_not_exists(plan) AND size(name) BETWEEN 1 AND 5 OR NOT a.b[2] IN ('x', 1, null)",
    "a = list_append(if_not_exists(l, []), [1, {b: <<'x', 'y'>>}]), n = n - -3 + number('4')",
    "begins_with(`my-attr`, 'it''s') AND contains(ss, b64'aGk=') AND lower(trim(s)) = concat('a', $run)",
    "x = join(split(replace(s, 'l', 'LL'), ','), '-'), t = iso8601(epoch($now, 'ms'), 'ms')",
  ]
  private static let item = """
    {"a":{"M":{"b":{"L":[{"N":"1"},{"S":"x"}]},"c":{"N":"2"}}},"l":{"L":[{"S":"q"}]},"n":{"N":"12.5"},"s":{"S":"hello, é"},
     "b":{"M":{"c":{"S":"v"}}},"ss":{"SS":["x","y"]},"x y":{"B":"aGk="},"x":{"BOOL":true}}
    """

  @Test("random words, and texts that are nearly right")
  func random() throws {
    let item = try Expression.item(Self.item)
    let seed = UInt64(setting("EXPRESSION_FUZZ_SEED", default: 1))
    var generator = SeededGenerator(seed: seed)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(setting("EXPRESSION_FUZZ_SECONDS", default: 0))
    var counts = (tried: 0, read: 0)
    repeat {
      for _ in 0..<2_000 {
        let text = Bool.random(using: &generator) ? soup(&generator) : mutated(&generator)
        counts.tried += 1
        if try isRead(text, item) { counts.read += 1 }
      }
    } while clock.now < end
    print("expressions: seed \(seed), \(counts.tried) texts, \(counts.read) of them read")
    // Nearly right texts are often right: else nothing was evaluated here.
    #expect(counts.read > counts.tried / 100)
  }

  @Test("texts that are as long as they may be end, too")
  func long() throws {
    let item = try Expression.item(Self.item)
    for part in Self.hard + [
      "a.", "a[", "((a", "'a',", "{a:", "<<1,", "NOT (", "- ", "a+", "a=1,", "a AND ", "lower(a),",
    ] {
      let count = 65_536 / max(1, part.utf8.count)
      _ = try isRead(String(repeating: part, count: count), item)
    }
    let names = (0..<4_000).map { "n\($0) = \($0)" }.joined(separator: ",")
    #expect(try Expression.update(set: names).applied(to: Item()).image.count == 4_000)
    let members = (0..<4_000).reversed().map { "n\($0):\($0)" }.joined(separator: ",")
    #expect(try Expression.value("size({\(members)})") == .number(4_000))
    let wide = (0..<4_000).map { "m.n\($0) = \($0)" }.joined(separator: ",")
    #expect(try Expression.update(set: wide).applied(to: ["m": .map([:])]).touched == ["m"])
  }

  /// Whether any of the forms takes the text; what it takes is evaluated, and written for DynamoDB where that can be.
  private func isRead(_ text: String, _ item: Item) throws -> Bool {
    var isRead = false
    let source = ExpressionSource(text)
    do throws(ExpressionError) {
      let condition = try Condition(source)
      isRead = true
      _ = try? condition.holds(for: item, Expression.bindings)
      #expect(condition.isNative || condition.request(Expression.bindings) == nil)
    } catch { check(error) }
    do throws(ExpressionError) {
      let update = try Expression.update(set: text)
      isRead = true
      _ = update.request(Expression.bindings)
      do throws(EvaluationFailure) {
        let image = try update.applied(to: item, Expression.bindings).image
        #expect(image.sizeInBytes <= Validation.maximumItemSize)
      } catch { #expect(!"\(error)".isEmpty) }
    } catch { check(error) }
    do throws(ExpressionError) { _ = try ValueExpression(source) } catch { check(error) }
    return isRead
  }

  private func check(_ error: ExpressionError) {
    #expect(error.place.column > 0 && error.place.excerpt.indent <= 101 && "\(error)".utf8.count < 2_000)
  }

  private func soup(_ generator: inout SeededGenerator) -> String {
    let count = Int.random(in: 0...24, using: &generator)
    let separator = Bool.random(using: &generator) ? " " : ""
    return (0..<count).map { _ in Self.words.randomElement(using: &generator) ?? "" }.joined(
      separator: separator)
  }

  private func mutated(_ generator: inout SeededGenerator) -> String {
    var scalars = Array((Self.samples.randomElement(using: &generator) ?? "").unicodeScalars)
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      let place = Int.random(in: 0..<max(1, scalars.count), using: &generator)
      let length = min(scalars.count - place, Int.random(in: 0...4, using: &generator))
      let word = Bool.random(using: &generator) ? Self.words.randomElement(using: &generator) ?? "" : ""
      scalars.replaceSubrange(place..<(place + length), with: word.unicodeScalars)
    }
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }
}
