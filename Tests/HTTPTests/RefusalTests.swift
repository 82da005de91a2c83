import DynamoJournalProgram
import Foundation
import Testing

@testable import DynamoJournalHTTP

@Suite("What is refused before anything is sent, and what errors say")
struct RefusalTests {
  @Test(
    "a header that would be two is refused",
    arguments: [
      ("X-A", "b\r\nX-Evil: 1"), ("X-A", "b\nX-Evil: 1"), ("X-A", "b\r"), ("X-A", "b\0c"),
      ("X-A\r\nX-Evil", "1"),
      ("X A", "1"), ("X:A", "1"), ("", "1"), ("X-Ä", "1"), ("Content-Length", "5"),
      ("transfer-encoding", "chunked"),
    ])
  func headers(name: String, value: String) async throws {
    try await withClient { client in
      let port = try ClosedPort()
      defer { withExtendedLifetime(port) {} }
      let error = await failure(client, HTTPRequest("GET", port.url, headers: [(name, value)]))
      #expect(error?.kind == .malformedHeader)
      #expect(error?.mayHaveReachedServer == false)
    }
  }

  @Test(
    "a method that is no token is refused", arguments: ["GET / HTTP/1.1\r\nX: 1\r\n\r\n", "", "G T", "GET\0"])
  func methods(method: String) async throws {
    try await withClient { client in
      let error = await failure(client, HTTPRequest(method, "http://127.0.0.1:1"))
      #expect(error?.kind == .malformedRequest)
    }
  }

  @Test(
    "a URL that is none, or has spaces or control characters, is refused",
    arguments: [
      "", "127.0.0.1", "http://", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: 1", "http://127.0.0.1/\0",
      "http://127.0.0.1:99999/", "http://127.0.0.1/\u{85}", "file:///tmp/%00",
    ])
  func urls(url: String) async throws {
    try await withClient { client in
      #expect(await failure(client, HTTPRequest("GET", url))?.kind == .malformedURL)
    }
  }

  @Test(
    "other schemes are refused", arguments: ["ftp://127.0.0.1/", "gopher://127.0.0.1/", "x:///y", "FTP://h/"])
  func schemes(url: String) async throws {
    try await withClient { client in
      #expect(await failure(client, HTTPRequest("GET", url))?.kind == .unsupportedScheme)
    }
  }

  @Test("no error and no description of a request tells a secret")
  func secrets() async throws {
    let closed = try ClosedPort()
    let port = closed.number
    defer { withExtendedLifetime(closed) {} }
    try await withClient { client in
      for url in [
        "http://user:s3cret@127.0.0.1:\(port)/p?key=s3cret#s3cret", "ftp://user:s3cret@host/?s3cret",
        "http://127.0.0.1:\(port)/ ?key=s3cret", "https://user:s3cret@127.0.0.1:\(port)/?s3cret",
      ] {
        for headers in [[("Authorization", "s3cret")], [("Authorization", "s3cret\r\n")]] {
          let request = HTTPRequest("POST", url, headers: headers, body: Array("s3cret".utf8))
          let error = try #require(await failure(client, request))
          #expect(!"\(error) \(String(reflecting: error)) \(error.localizedDescription)".contains("s3cret"))
          #expect(!"\(request) \(String(reflecting: request))".contains("s3cret"))
        }
      }
    }
  }

  @Test("the log tells method, host and, where it is public, the path, and no secret")
  func log() async throws {
    try await withClient { client in
      let url = "https://user:s3cret@a.example:8443/p/q?key=s3cret"
      var request = HTTPRequest(
        "PUT", url, headers: [("Authorization", "s3cret")], body: Array("s3cret".utf8))
      #expect(!"\(client.about(request, try Target(parsing: url)))".contains("/p/q"))
      request.isPathPublic = true
      let line = "\(client.about(request, try Target(parsing: url)))"
      for part in ["PUT", "a.example:8443", "/p/q"] { #expect(line.contains(part)) }
      #expect(!line.contains("s3cret"))
      #expect(!line.contains("user"))
    }
  }

  @Test("each kind of error has words of its own that name the host where there is one")
  func words() {
    let kinds: [HTTPError.Kind] = [
      .cannotResolve, .cannotConnect, .tls, .timedOut(.connecting), .timedOut(.stalled), .timedOut(.total),
      .connectionLost(inReply: false), .connectionLost(inReply: true), .bodyTooLarge(limit: 5),
      .malformedReply,
      .malformedHeader, .malformedRequest, .cancelled, .shutDown, .other(code: 99),
    ]
    let words = kinds.map { HTTPError($0, host: "a.example:1").description }
    #expect(words.allSatisfy { $0.contains("'a.example:1'") })
    #expect(Set(words).count == kinds.count)
    #expect(HTTPError(.tls, host: "h", detail: "line\r\nbreak").description.contains("linebreak"))
  }
}
