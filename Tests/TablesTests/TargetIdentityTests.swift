import Foundation
import DynamoJournalTables
import Testing

@Suite("A target is an identity, not a spelling")
struct TargetIdentityTests {
  private static let id = "0123456789abcdef0123456789abcdef"
  private static let store = TargetIdentity.embedded(id: id)

  private static func server(
    _ url: String = "http://localhost:8000", _ region: String = "eu-west-2", _ account: String? = "1"
  ) throws -> TargetIdentity {
    .server(try #require(ServerAddress(url)), region: region, account: account)
  }

  @Test("its line in a journal is stable, and is read back")
  func text() throws {
    let lines = [
      (Self.store, "embedded:\(Self.id)"), (try Self.server(), "http://localhost:8000 eu-west-2 1"),
      (
        try Self.server("HTTPS://DynamoDB.eu-west-2.amazonaws.com/", "eu-west-2", nil),
        "https://dynamodb.eu-west-2.amazonaws.com:443 eu-west-2 -"
      ),
      (try Self.server("http://[2001:db8::1]:1"), "http://[2001:db8::1]:1 eu-west-2 1"),
    ]
    for (identity, line) in lines {
      #expect(identity.text == line)
      #expect(TargetIdentity(text: line) == identity)
      #expect(try JSONDecoder().decode(TargetIdentity.self, from: JSONEncoder().encode(identity)) == identity)
    }
  }

  @Test(
    "other lines are none",
    arguments: [
      "", "embedded:", "embedded:0123", "embedded:0123456789ABCDEF0123456789abcdef", "http://h:80 r",
      "http://h:80 r 1 2", "http://h r 1", "http://u:p@h:80 r 1", "http://h:80  1", "http://h:80 r ",
      "http://127.0.0.1:80 r 1", "x:0123456789abcdef0123456789abcdef",
    ])
  func refused(_ line: String) {
    #expect(TargetIdentity(text: line) == nil)
    #expect(throws: DecodingError.self) {
      _ = try JSONDecoder().decode(TargetIdentity.self, from: JSONEncoder().encode(line))
    }
  }

  @Test("what differs is said, and an account that one side doesn't know is no difference")
  func difference() throws {
    let server = try Self.server()
    #expect(server.difference(from: server) == nil)
    #expect(try server.difference(from: Self.server("http://127.0.0.1:8000/", "eu-west-2", nil)) == nil)
    #expect(try Self.server(account: nil).difference(from: server) == nil)
    let other = String(Self.id.reversed())
    let differences = [
      (try Self.server("http://localhost:8000", "eu-west-1"), "region eu-west-1 instead of eu-west-2"),
      (try Self.server("https://localhost:8000"), "scheme https instead of http"),
      (try Self.server("http://h:8000"), "host h instead of localhost"),
      (
        try Self.server("http://localhost:1", "eu-west-2", "2"),
        "port 1 instead of 8000, account 2 instead of 1"
      ),
      (Self.store, "an embedded store instead of http://localhost:8000, region eu-west-2, account 1"),
    ]
    for (found, words) in differences { #expect(found.difference(from: server) == words) }
    #expect(
      TargetIdentity.embedded(id: other).difference(from: Self.store)
        == "another embedded store (id \(other) instead of \(Self.id))")
    #expect(server.difference(from: Self.store)?.hasSuffix("instead of an embedded store") == true)
  }

  private static func server(account: String?) throws -> TargetIdentity {
    try server("http://localhost:8000", "eu-west-2", account)
  }
}
