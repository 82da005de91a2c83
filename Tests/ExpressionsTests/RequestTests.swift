import DynamoJournalExpressions
import DynamoJournalTables
import Testing

@Suite("Native expressions in DynamoDB's own form")
struct RequestTests {
  @Test(
    "conditions",
    arguments: [
      ("a = 1", "#n0 = :v0"), ("a.b[2].a <> 'x'", "#n0.#n1[2].#n0 <> :v0"),
      ("`a.b` < `reserved`", "#n0 < #n1"),
      ("a = 1 AND (b = 2 OR c = 3)", "#n0 = :v0 AND (#n1 = :v1 OR #n2 = :v2)"),
      ("(a = 1 AND b = 2) OR c = 3", "#n0 = :v0 AND #n1 = :v1 OR #n2 = :v2"),
      ("((a = 1)) AND (b = 2 AND c = 3)", "#n0 = :v0 AND #n1 = :v1 AND #n2 = :v2"),
      ("NOT (a = 1 OR b = 2)", "NOT (#n0 = :v0 OR #n1 = :v1)"),
      ("NOT a = 1 AND b = 2", "NOT #n0 = :v0 AND #n1 = :v1"),
      ("a BETWEEN 1 AND b", "#n0 BETWEEN :v0 AND #n1"), ("a IN (1, b, 'x')", "#n0 IN (:v0, #n1, :v1)"),
      ("attribute_exists(a.b)", "attribute_exists(#n0.#n1)"),
      ("attribute_not_exists(a)", "attribute_not_exists(#n0)"),
      ("attribute_type(a, 'NS')", "attribute_type(#n0, :v0)"), ("begins_with(a, b)", "begins_with(#n0, #n1)"),
      ("contains(a, <<1>>)", "contains(#n0, :v0)"), ("size(a) >= size(b)", "size(#n0) >= size(#n1)"),
      ("a = $now", "#n0 = :v0"), ("a = lower('X')", "#n0 = :v0"),
    ])
  func conditions(_ text: String, _ expected: String) throws {
    let condition = try Condition(ExpressionSource(text))
    let request = try #require(condition.request(Expression.bindings))
    #expect(condition.isNative && request.expression == expected)
    for (index, name) in request.names.enumerated() { #expect(name.placeholder == "#n\(index)") }
  }

  @Test("updates: clauses, names and values")
  func updates() throws {
    let update = try Expression.update(
      set: "a = if_not_exists(a, 0) + 1, l = list_append(if_not_exists(l, []), [2]), `x.y` = b",
      remove: "c, d[0]",
      add: "n 1", delete: "s <<'x'>>")
    let request = try #require(update.request())
    #expect(
      request.expression
        == "SET #n0 = if_not_exists(#n0, :v0) + :v1, #n1 = list_append(if_not_exists(#n1, :v2), :v3), #n2 = #n3 "
        + "REMOVE #n4, #n5[0] ADD #n6 :v4 DELETE #n7 :v5")
    #expect(request.names.map(\.name) == ["a", "l", "x.y", "b", "c", "d", "n", "s"])
    #expect(
      request.values.map(\.value) == [
        .number(0), .number(1), .list([]), .list([.number(2)]), .number(1), .stringSet(["x"]),
      ])
  }

  @Test(
    "what DynamoDB lacks is not native",
    arguments: [
      "lower(a) = 'x'", "a = 1 AND NOT trim(a) = 'x'", "'a' = 'b'", "size(trim(a)) = 1", "coalesce(a, b) = 1",
      "a = [b]",
      "begins_with('abc', a)", "contains(lower(a), 'x')",
      "a IN (" + (0..<100).map(String.init).joined(separator: ",") + ")",
    ])
  func conditionsOfOurs(_ text: String) throws {
    let condition = try Condition(ExpressionSource(text))
    #expect(!condition.isNative && condition.request() == nil)
  }

  @Test(
    "nor is it in updates",
    arguments: [
      "a = b + 1 + 2", "a = if_not_exists(a, b + 1)", "a = list_append(list_append(a, b), c)",
      "a = concat(b, 'x')", "a = [b]",
      "a = size(b)",
    ])
  func updatesOfOurs(_ text: String) throws {
    let update = try Expression.update(set: text)
    #expect(!update.isNative && update.request() == nil)
  }

  @Test("a variable's value decides, too, and DynamoDB's limits hold")
  func limits() throws {
    let order = try Condition("a < $index")
    #expect(order.isNative && order.request(Expression.bindings) != nil && order.request() == nil)
    #expect(order.request(ExpressionBindings(variables: ["index": .bool(true)])) == nil)
    let bounds = try Condition("a BETWEEN 5 AND $index")
    #expect(bounds.request(ExpressionBindings(variables: ["index": .number(4)])) == nil)
    #expect(bounds.request(ExpressionBindings(variables: ["index": .number(5)])) != nil)
    let scope = ExpressionScope(names: ["e"])
    #expect(try !Condition("e.x = 1", scope: scope).isNative)
    #expect(try Condition("`e`.x = 1", scope: scope).isNative)
    func chain(_ count: Int) throws -> RequestForm? {
      try Condition(ExpressionSource(Array(repeating: "a=1", count: count).joined(separator: " OR ")))
        .request()
    }
    #expect(try chain(150) != nil)
    #expect(try chain(151) == nil)
    let long = (0..<60).map { "a" + String(repeating: ".b", count: 30) + ".c\($0) = 1" }.joined(
      separator: " OR ")
    #expect(try Condition(ExpressionSource(long)).request() == nil)
  }
}
