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

/// What a request holds that must not come back in a message.
struct InputSecrets {
  private static let harmless: Set<String> = ["content-type", "accept", "user-agent"]

  private let values: [String]

  init(_ request: InputRequest) {
    let headers = request.headers.filter { Self.isSecret($0.name) }.map(\.value)
    values = (headers + Self.parts(request.url)).filter { !$0.isEmpty }
  }

  /// Whether a header of that name may hold a key.
  static func isSecret(_ name: String) -> Bool { !harmless.contains(name.lowercased()) }

  /// Whether one of them stands in a text.
  func areIn(_ text: String) -> Bool { values.contains { text.contains($0) } }

  /// What in a URL may be a secret: each long word behind the scheme, but the host.
  private static func parts(_ url: String) -> [String] {
    guard let address = try? WebAddress(url), let host = address.server?.authority else { return [] }
    let words = address.url.split { "/:@?&=".contains($0) }.map(String.init)
    return words.filter { $0.count >= 8 && !host.contains($0) }
  }
}
