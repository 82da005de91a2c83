import DynamoJournalExpressions
import DynamoJournalTables
import Testing

/// What is expected follows
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
@Suite("Updates")
struct UpdateTests {
  private static let item = """
    {"id":{"S":"k"},"n":{"N":"1"},"s":{"S":"x"},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]},
     "m":{"M":{"a":{"N":"1"},"l":{"L":[{"M":{"q":{"N":"1"}}}]}}},"ss":{"SS":["a","b"]},"ns":{"NS":["1"]},
     "big":{"N":"1E50"}}
    """

  /// Clauses and the touched attributes after them, as a literal.
  struct Case: Sendable, CustomTestStringConvertible {
    var set: String?
    var remove: String?
    var add: String?
    var delete: String?
    let after: String

    var testDescription: String {
      [
        set.map { "SET " + $0 }, remove.map { "REMOVE " + $0 }, add.map { "ADD " + $0 },
        delete.map { "DELETE " + $0 },
      ]
      .compactMap { $0 }.joined(separator: " ")
    }
  }

  private static let cases: [Case] = [
    Case(set: "s = 'y', t = true", after: "{s: 'y', t: true}"),
    Case(set: "n = s, s = n", after: "{n: 'x', s: 1}"),
    Case(set: "n = n + 1.5", after: "{n: 2.5}"),
    Case(set: "n = 5 - n - 2", after: "{n: 2}"),
    Case(set: "n = n - (3 - n)", after: "{n: -1}"),
    Case(set: "x = if_not_exists(x, 7), n = if_not_exists(n, 7) + 1", after: "{x: 7, n: 2}"),
    Case(set: "l = list_append(l, [3])", after: "{l: [0, 1, 2, 3]}"),
    Case(set: "l = list_append(if_not_exists(gone, []), l)", after: "{l: [0, 1, 2]}"),
    Case(set: "l[9] = 'z', l[7] = 'y', l[1] = 'b'", after: "{l: [0, 'b', 2, 'y', 'z']}"),
    Case(set: "l[3] = 'last'", remove: "l[0], l[2], l[8]", after: "{l: [1, 'last']}"),
    Case(remove: "l[0], l[1], l[2]", after: "{l: []}"),
    Case(set: "m.b = m.a, m.l[0].q = 2", after: "{m: {a: 1, b: 1, l: [{q: 2}]}}"),
    Case(remove: "m.a, m.gone, gone", after: "{m: {l: [{q: 1}]}}"),
    Case(set: "s = n", remove: "n", after: "{s: 1}"),
    Case(add: "n 2, x -1, ss <<'b', 'c'>>, t <<1>>", after: "{n: 3, x: -1, ss: <<'a', 'b', 'c'>>, t: <<1>>}"),
    Case(add: "m.a 2", after: "{m: {a: 3, l: [{q: 1}]}}"),
    Case(delete: "ss <<'b', 'zz'>>, ns <<1>>, gone <<'x'>>", after: "{ss: <<'a'>>}"),
    Case(set: "x = {a: [n, s], 'b c': <<s>>}", after: "{x: {a: [1, 'x'], 'b c': <<'x'>>}}"),
    Case(set: "x = coalesce(gone, m.gone, s)", after: "{x: 'x'}"),
    Case(set: "x = $now", after: "{x: '2026-11-23T05:14:02.113Z'}"),
  ]

  @Test("the image after", arguments: cases)
  func image(_ example: Case) throws {
    let item = try Expression.item(Self.item)
    let update = try Expression.update(
      set: example.set, remove: example.remove, add: example.add, delete: example.delete)
    let result = try update.applied(to: item, Expression.bindings)
    guard case .map(let expected) = try Expression.value(example.after) else {
      Issue.record("not a map")
      return
    }
    #expect(result.image.filtered(to: result.touched) == expected)
    var rest = item
    for name in result.touched { rest[name] = nil }
    #expect(result.image.filtered(to: rest.names) == rest)
  }

  @Test(
    "what an item does not allow is an error, and never half a change",
    arguments: [
      ("x = gone", EvaluationFailure.Reason.missing(path: "gone")),
      ("x = upper(m.gone)", .missing(path: "m.gone")),
      ("x = coalesce(gone, lost)", .missing(path: nil)),
      ("x.y = 1", .invalidPath("x.y")), ("s.y = 1", .invalidPath("s.y")), ("s[0] = 1", .invalidPath("s[0]")),
      ("l.y = 1", .invalidPath("l.y")), ("m[0] = 1", .invalidPath("m[0]")),
      ("l[9].a = 1", .invalidPath("l[9].a")),
      ("x = size(gone)", .missing(path: "gone")),
      ("x = size(n)", .wrongType(operation: "size", found: "N", expected: "S, B, SS, NS, BS, L, M")),
      ("n = s + 1", .wrongType(operation: "+", found: "S", expected: "N")),
      ("n = 1 - s", .wrongType(operation: "-", found: "S", expected: "N")),
      ("l = list_append(l, s)", .wrongType(operation: "list_append", found: "S", expected: "L")),
      ("n = big + 1", .number(operation: "+", .tooPrecise)), ("x = <<s, n>>", .badSet),
      ("x = <<l>>", .badSet),
      ("x = number(s)", .number(operation: "number", .notANumber)),
    ])
  func failures(_ set: String, _ reason: EvaluationFailure.Reason) throws {
    let item = try Expression.item(Self.item)
    let update = try Expression.update(set: "first = 1, " + set)
    let error = #expect(throws: EvaluationFailure.self) { try update.applied(to: item, Expression.bindings) }
    #expect(error?.reason == reason)
    #expect(error?.place?.clause == "set")
  }

  @Test("add and delete take numbers and sets of one type")
  func sets() throws {
    let item = try Expression.item(Self.item)
    for (add, delete) in [
      ("s 1", nil), ("ss <<1>>", nil), (nil, "ss <<1>>"), (nil, "n <<1>>"), ("n <<1>>", nil),
    ] {
      let update = try Expression.update(add: add, delete: delete)
      let error = #expect(throws: EvaluationFailure.self) { try update.applied(to: item) }
      guard case .wrongType? = error?.reason else { Issue.record("\(String(describing: error))"); continue }
      #expect(error?.place?.clause == (add == nil ? "delete" : "add"))
    }
    let remove = try Expression.update(remove: "gone.x")
    #expect(throws: EvaluationFailure.self) { try remove.applied(to: item) }
  }

  @Test("an item may have 409,600 bytes after the change and no more, and 32 levels")
  func limits() throws {
    let update = try Expression.update(set: "xx = concat(a, b)")
    var item: Item = ["a": .string(String(repeating: "x", count: 150_000))]
    item["b"] = .string(String(repeating: "y", count: 54_798))
    #expect(try update.applied(to: item).image.sizeInBytes == 409_600)
    item["b"] = .string(String(repeating: "y", count: 54_799))
    let error = #expect(throws: EvaluationFailure.self) { try update.applied(to: item) }
    #expect(error?.reason == .itemTooLarge(size: 409_602, limit: 409_600))

    var deep = AttributeValue.null
    for _ in 0..<31 { deep = .list([deep]) }
    let wrap = try Expression.update(set: "x = [deep]")
    #expect(try wrap.applied(to: ["deep": deep]).touched == ["x"])
    let tooDeep = #expect(throws: EvaluationFailure.self) { try wrap.applied(to: ["deep": .list([deep])]) }
    #expect(tooDeep?.reason == .tooDeep(attribute: "x", limit: 32))
  }

  @Test("an item that is put elsewhere is made onto another base")
  func base() throws {
    let update = try Expression.update(set: "id = concat('u#', id), n = n")
    let result = try update.applied(to: try Expression.item(Self.item), onto: Item())
    #expect(result.image == ["id": .string("u#k"), "n": .number(1)])
    #expect(result.touched == ["id", "n"])
  }

  @Test("the name that each binds hides an attribute, which back-ticks reach")
  func each() throws {
    let each = try EachExpression("l AS n")
    let item = try Expression.item(Self.item)
    #expect(each.name == "n")
    #expect(try each.elements(of: item) == [.number(0), .number(1), .number(2)])
    #expect(try EachExpression("gone AS n").elements(of: item).isEmpty)
    #expect(throws: EvaluationFailure.self) { try EachExpression("s AS a").elements(of: item) }
    let scope = ExpressionScope(names: ["n"])
    let value = try ValueExpression("[n, `n`, m.a]", scope: scope)
    let bindings = ExpressionBindings(names: ["n": .number(9)])
    #expect(try value.value(for: item, bindings) == .list([.number(9), .number(1), .number(1)]))
    let error = #expect(throws: ExpressionError.self) { try Expression.update(set: "n = 1", scope: scope) }
    #expect(error?.kind == .boundName("n"))
  }
}
