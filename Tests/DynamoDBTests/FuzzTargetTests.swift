import DynamoJournalHTTP
import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

@Suite("Fuzzing: AWS's files and replies") struct ClientFuzzTargetTests {
  @Test("a configuration file is read or refused by the line")
  func files() async throws {
    let tokens = ["[profile ", "[sso-session ", "[services ", "]", " = ", "\n  ", " # ", " ; "]
    try await Fuzzing("aws-config", tokens: tokens).run { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(INIFile.Malformed) { _ = try INIFile(parsing: text) } catch {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
        guard (1...lines).contains(error.line) else {
          throw Fuzzing.Finding("there is no line \(error.line)")
        }
      }
      _ = CommandWords.words(text)
      _ = Timestamps.seconds(parsing: text)
      _ = HTTPDate.seconds(text)
    }
  }

  @Test("a reply of DynamoDB, STS or single sign-on is read, or is no answer")
  func replies() async throws {
    let tokens = [
      "\"Items\":", "\"LastEvaluatedKey\":", "{\"M\":{", "{\"L\":[", "\"Table\":", "<Error>", "&lt;",
      "<!ENTITY ",
    ]
    try await Fuzzing("replies", tokens: tokens).run { bytes in
      for status in [200, 400] {
        let reply = HTTPReply(status: status, headers: HTTPHeaders([("date", "x")]), body: bytes)
        if case .success(let read) = ReplyReader(reply: reply, signedAt: 0).read() { try Self.take(read) }
        _ = CallerIdentity.read(reply, signedAt: 0)
        _ = ServiceCall.code(of: reply)
      }
      if let xml = XMLFields(parsing: bytes) {
        _ = try? CredentialsReply.credentials(xml) { .service($0, .unreadableReply(field: nil)) }
      }
      guard let json = try? JSONValue(parsing: bytes) else { return }
      for names in [CredentialsReply.Names.process, .metadata, .singleSignOn] {
        _ = try? CredentialsReply.credentials(json, names: names) {
          .service($0, .unreadableReply(field: nil))
        }
      }
    }
  }

  private static func take(_ reply: ServiceReply) throws {
    guard reply.units.isFinite, reply.units >= 0 else { throw Fuzzing.Finding("units \(reply.units)") }
    let fields = reply.fields
    for item in (try? fields.items("Items")) ?? [] {
      guard try DynamoDBJSON.item(from: DynamoDBJSON.bytes(item)) == item else {
        throw Fuzzing.Finding("another item of the same text")
      }
    }
    _ = try? fields.item("LastEvaluatedKey")
    if let table = try? fields.json("Table") { _ = TableFacts(table) }
  }
}
