import DynamoJournalExpressions
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Fuzzing: expressions") struct ExpressionFuzzTargetTests {
  @Test("a text is read or refused, and what is read is carried out or fails")
  func expressions() async throws {
    let item = try DynamoDBJSON.item(
      from: Array(#"{"a":{"L":[{"N":"1"},{"S":"x"}]},"n":{"N":"12.5"},"s":{"S":"é"},"ss":{"SS":["x"]}}"#.utf8)
    )
    let tokens = [
      " AND ", " OR ", "NOT ", " BETWEEN ", " IN (", "size(", "if_not_exists(", "list_append(", "<<", ">>",
      "b64'",
      "$now", "''", "epoch(", "replace(",
    ]
    try await Fuzzing("expressions", tokens: tokens).run { bytes in
      let source = ExpressionSource(String(decoding: bytes, as: UTF8.self))
      if let condition = try? Condition(source) { _ = try? condition.holds(for: item) }
      if let value = try? ValueExpression(source) { _ = try? value.value(for: item) }
      if let update = try? Update(Update.Clauses(set: source)) { _ = try? update.applied(to: item) }
      if let update = try? Update(Update.Clauses(remove: source)) { _ = try? update.applied(to: item) }
    }
  }
}
