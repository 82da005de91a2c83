import DynamoJournalExpressions
import Foundation
import DynamoJournalTables
import Testing

@Suite("The page of the language")
struct PageTests {
  /// A line of the page.
  struct Example: Sendable, CustomTestStringConvertible {
    let kind: String
    let text: String
    let result: String

    var testDescription: String { "\(kind) \(text)" }
  }

  private static let page: [String] = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try? String(contentsOf: root.appendingPathComponent("docs/expressions.md"), encoding: .utf8)
    return (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }()

  private static func lines(in fence: String) -> [String] {
    var isInside = false
    return page.filter { line in
      if line.hasPrefix("```") {
        isInside = line == "```" + fence
        return false
      }
      return isInside
    }
  }

  private static let examples: [Example] = lines(in: "examples").map { line in
    let parts = line.components(separatedBy: " → ")
    let words = parts[0].split(separator: " ", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    return Example(kind: words[0], text: words[1], result: parts[1])
  }

  private static let scope = ExpressionScope(key: KeySchema(partition: KeyAttribute("id", .string)))

  @Test("each example gives what the page shows", arguments: examples)
  func example(_ example: Example) throws {
    let item = try Expression.item(Self.lines(in: "item").joined())
    #expect(try outcome(of: example, item) == expected(example, item))
  }

  @Test("the page has examples of every kind, and of every function")
  func complete() {
    #expect(Set(Self.examples.map(\.kind)) == ["value", "where", "set", "remove", "add", "delete", "each"])
    let texts = Self.examples.map(\.text).joined(separator: "\n")
    for function in [
      "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size",
      "if_not_exists",
      "list_append", "string", "number", "concat", "substr", "lower", "upper", "trim", "split", "join",
      "replace",
      "coalesce", "epoch", "iso8601", "sha256",
    ] {
      #expect(texts.contains(function + "("))
    }
  }

  private func expected(_ example: Example, _ item: Item) throws -> String {
    if example.kind == "where" || example.result.hasPrefix("error: ") { return example.result }
    return DynamoDBJSON.text(try Expression.value(example.result, item))
  }

  private func outcome(of example: Example, _ item: Item) throws -> String {
    do {
      return try result(of: example, item)
    } catch let error as ExpressionError {
      return "error: " + error.problem
    } catch let failure as EvaluationFailure {
      return "error: " + failure.reason.problem
    }
  }

  private func result(of example: Example, _ item: Item) throws -> String {
    let source = ExpressionSource(example.text)
    switch example.kind {
    case "where": return try Expression.holds(example.text, item) ? "true" : "false"
    case "value": return DynamoDBJSON.text(try Expression.value(example.text, item))
    case "each": return DynamoDBJSON.text(.list(try EachExpression(source).elements(of: item)))
    default:
      let update = try Update(
        Update.Clauses(
          set: example.kind == "set" ? source : nil, remove: example.kind == "remove" ? source : nil,
          add: example.kind == "add" ? source : nil, delete: example.kind == "delete" ? source : nil),
        scope: Self.scope)
      let result = try update.applied(to: item, Expression.bindings)
      return DynamoDBJSON.text(.map(result.image.filtered(to: result.touched)))
    }
  }
}
