import DynamoJournalJSON
import DynamoJournalTables

/// Ends a list whose pages lead back, or never end.
struct ListWatch {
  /// Of 100 names each: more than an account can have tables or backups.
  private static let mostPages = 10_000

  private let operation: Operation
  private var kept: JSONValue?
  private var pages = 0
  private var next = 1

  init(_ operation: Operation) { self.operation = operation }

  /// Takes in where the next page begins, and gives it back; nil at the end.
  ///
  /// As ``ScanWatch`` finds circles.
  /// - Throws: `StoreError`
  mutating func check(_ token: JSONValue?) throws(StoreError) -> JSONValue? {
    guard let token, !token.isNull else { return nil }
    pages += 1
    guard token != kept, pages < Self.mostPages else {
      throw StoreError(
        .unavailable, code: "UnreadableReply",
        "\(operation.name) was answered with a list that never ends: check what stands at the endpoint, then go on"
      )
    }
    if pages == next { (kept, next) = (token, next * 2) }
    return token
  }
}
