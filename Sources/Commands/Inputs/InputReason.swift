import DynamoJournalAddresses
import DynamoJournalJSON
import DynamoJournalReports
import DynamoJournalRunner

/// The reason that a refusal carries: `error` or `message` of a JSON object, as APIs and JSON-RPC have them.
///
/// Source: https://www.jsonrpc.org/specification#error_object
struct InputReason {
  /// More of a refusal is not read.
  static let longestBody = 64 << 10
  private static let longestWords = 200

  /// A stranger's words, escaped and cut.
  let words: String
  /// Whether it is an error of JSON-RPC, with a code.
  let isOfRPC: Bool

  /// Nil when there is none.
  init?(_ body: [UInt8]) {
    guard !body.isEmpty, body.count <= Self.longestBody, let json = try? JSONValue(parsing: body) else {
      return nil
    }
    let error = json["error"]
    let code = error?["code"]?.numberText
    let message =
      error?["message"]?.stringValue ?? error?.stringValue ?? json["message"]?.stringValue
      ?? json["reason"]?.stringValue
    guard message != nil || code != nil else { return nil }
    let text = Printable.text(message ?? "without a message")
    let short = text.count > Self.longestWords ? text.prefix(Self.longestWords) + "…" : text
    words = "the server says: " + (code.map { "error \($0.prefix(20)): " } ?? "") + short
    isOfRPC = code != nil
  }
}
