import DynamoJournalProgram
import DynamoJournalTables
import Testing

@testable import DynamoJournalClient

@Suite("What one expression holds")
struct ExpressionLimitTests {
  private static let spec = TableSpec(name: "items", key: KeySchema(partition: KeyAttribute("id", .string)))

  /// Attributes that are added, changed, removed and only looked at, in turn.
  private func change(_ count: Int, kinds: Int) -> Change {
    var (before, after) = (Item(), Item())
    for number in 0..<count {
      let name = Text("attribute\(number)")
      switch number % kinds {
      case 0: after[name] = .number(1)
      case 1:
        before[name] = .number(1)
        after[name] = .number(2)
      case 2: before[name] = .number(1)
      default:
        before[name] = .number(1)
        after[name] = .number(1)
      }
    }
    return Change(table: "items", key: Key(["id": .string("a")]), before: before, after: after)
  }

  @Test("a change is refused beforehand exactly where its expressions do not hold it", arguments: 1...4)
  func agrees(kinds: Int) {
    for count in 1...200 {
      let change = change(count, kinds: kinds)
      let isWhole = WriteExpression(change, key: Self.spec.key).isWhole
      let isAllowed = (try? Validation.check(change, in: Self.spec)) != nil
      #expect(isWhole == isAllowed, "\(count) attributes of \(kinds) kinds")
    }
  }
}

@Suite("Words for a reply that is not DynamoDB's")
struct UnreadableReplyTests {
  @Test("the proxy that it came through is named, as it may have answered itself")
  func proxy() {
    for problem in [UnreadableReply.Problem.shape, .checksum] {
      let words = { (proxy: String) in
        CallFailure.unreadable(UnreadableReply(status: 200, problem: problem, body: [], proxy: proxy))
          .description
      }
      #expect(words("10.0.0.1:3128 (https_proxy)").contains("through the proxy 10.0.0.1:3128 (https_proxy)"))
      #expect(!words("").contains("proxy"))
    }
  }
}
