import Foundation
import DynamoJournalHTTP
import Testing

@Suite("A request and its reply", .timeLimit(.minutes(10)))
struct ExchangeTests {
  @Test("method, path, headers and body arrive, status, headers and body come back")
  func roundTrip() async throws {
    let echo: @Sendable (StubRequest) async -> StubReply = { request in
      StubReply(
        status: 418,
        headers: [
          "X-Method": request.method, "X-Path": request.path, "X-Given": request.headers["x-given"] ?? "none",
          "X-Type": request.headers["content-type"] ?? "none",
          "X-Expect": request.headers["expect"] ?? "none",
        ], body: request.body.reversed())
    }
    try await withStub(echo) { url in
      try await withClient { client in
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
          let body = Array("\(method) \0 ü".utf8)
          let reply = try await client.send(
            HTTPRequest.patient(method, url + "/a/b?c=d", headers: [("X-Given", "yes")], body: body))
          #expect(reply.status == 418)
          #expect(reply.headers["x-METHOD"] == method)
          #expect(reply.headers["X-Path"] == "/a/b")
          #expect(reply.headers["X-Given"] == "yes")
          #expect(reply.headers["X-Type"] == "none", "libcurl's own form type must not be sent")
          #expect(reply.headers["X-Absent"] == nil)
          #expect(reply.body == body.reversed())
        }
      }
    }
  }

  @Test("requests without a body: GET, DELETE, an empty POST, HEAD")
  func noBody() async throws {
    let echo: @Sendable (StubRequest) async -> StubReply = {
      StubReply(headers: ["X-Method": $0.method, "X-Length": "\($0.body.count)"])
    }
    try await withStub(echo) { url in
      try await withClient { client in
        for method in ["GET", "DELETE", "POST", "HEAD"] {
          let reply = try await client.send(HTTPRequest.patient(method, url))
          #expect(reply.status == 200)
          #expect(reply.headers["X-Method"] == method)
          #expect(reply.headers["X-Length"] == "0")
        }
      }
    }
  }

  @Test("a body of 3 MB is sent at once, without Expect: 100-continue")
  func largeRequest() async throws {
    let answer: @Sendable (StubRequest) async -> StubReply = {
      StubReply(headers: ["X-Length": "\($0.body.count)", "X-Expect": $0.headers["expect"] ?? "none"])
    }
    try await withStub(answer) { url in
      try await withClient { client in
        let reply = try await client.send(
          HTTPRequest.patient("POST", url, body: [UInt8](repeating: 7, count: 3_000_000)))
        #expect(reply.headers["X-Length"] == "3000000")
        #expect(reply.headers["X-Expect"] == "none")
      }
    }
  }

  @Test("128 requests at once each get their own reply", arguments: [128, 5])
  func concurrent(maximumConnections: Int) async throws {
    try await withStub({ StubReply(body: $0.body + $0.body) }) { url in
      try await withClient(maximumConnections: maximumConnections) { client in
        try await withThrowingTaskGroup(of: Bool.self) { group in
          for number in 0..<128 {
            group.addTask {
              let body = Array("number \(number);".utf8)
              return try await client.send(HTTPRequest.patient("POST", url, body: body)).body == body + body
            }
          }
          var right = 0
          for try await isRight in group where isRight { right += 1 }
          #expect(right == 128)
        }
      }
    }
  }

  @Test("the second request goes out on the first one's connection")
  func keepAlive() async throws {
    try await withStub({ _ in StubReply() }) { url in
      try await withClient { client in
        let first = try await client.send(HTTPRequest.patient("POST", url, body: [1]))
        let second = try await client.send(HTTPRequest.patient("POST", url, body: [2]))
        #expect(first.openedNewConnection)
        #expect(!second.openedNewConnection)
        #expect(first.timesSent == 1)
        #expect(second.timesSent == 1)
      }
    }
  }

  @Test("a chunked body is put together")
  func chunked() async throws {
    let body = (0..<50_000).map { UInt8($0 % 251) }
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      for start in stride(from: 0, to: body.count, by: 1000) {
        connection.write(Array("3e8\r\n".utf8) + body[start..<(start + 1000)] + Array("\r\n".utf8))
      }
      connection.write("0\r\n\r\n")
    }) { server in
      try await withClient { client in
        let reply = try await client.send(HTTPRequest.patient("GET", server.url))
        #expect(reply.headers["Transfer-Encoding"] == "chunked")
        #expect(reply.body == body)
      }
    }
  }

  @Test("gzip is asked for and unpacked only when the request says so")
  func gzip() async throws {
    let packed = try #require(Data(base64Encoded: Samples.packedWords))
    let answer: @Sendable (StubRequest) async -> StubReply = {
      StubReply(
        headers: ["Content-Encoding": "gzip", "X-Accepted": $0.headers["accept-encoding"] ?? "none"],
        body: Array(packed))
    }
    try await withStub(answer) { url in
      try await withClient { client in
        let unpacked = try await client.send(HTTPRequest.patient("GET", url, acceptsGzip: true))
        #expect(unpacked.headers["X-Accepted"] == "gzip")
        #expect(
          String(decoding: unpacked.body, as: UTF8.self) == String(repeating: "the same words ", count: 20))
        let plain = try await client.send(HTTPRequest.patient("GET", url))
        #expect(plain.headers["X-Accepted"] == "none")
        #expect(plain.body == Array(packed))
      }
    }
  }

  @Test("a redirect is returned, not followed")
  func redirect() async throws {
    let answer: @Sendable (StubRequest) async -> StubReply = {
      $0.path == "/" ? StubReply(status: 307, headers: ["Location": "/elsewhere"]) : StubReply(status: 200)
    }
    try await withStub(answer) { url in
      try await withClient { client in
        let reply = try await client.send(
          HTTPRequest.patient("GET", url + "/", headers: [("X-Api-Key", "k")]))
        #expect(reply.status == 307)
        #expect(reply.headers["location"] == "/elsewhere")
      }
    }
  }

  @Test("a repeated header, a folded one, an interim reply and trailers are read as RFC 9110 and 9112 say")
  func heads() async throws {
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
      connection.write(
        "HTTP/1.1 200 OK\r\nX-A:  one \r\nx-a: two\r\nX-Empty:\r\nTransfer-Encoding: chunked\r\n\r\n")
      connection.write("3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n")
    }) { server in
      try await withClient { client in
        let reply = try await client.send(HTTPRequest.patient("GET", server.url))
        #expect(reply.status == 200)
        #expect(reply.headers.values("x-a") == ["one", "two"])
        #expect(reply.headers["X-Empty"] == "")
        #expect(reply.headers["X-Early"] == nil)
        #expect(reply.headers["X-Trailer"] == nil)
        #expect(reply.body == Array("abc".utf8))
      }
    }
  }

  @Test("a header with an empty value is sent")
  func emptyHeader() async throws {
    try await withRawServer({ connection in
      let request = connection.readRequest() ?? ""
      let isThere = request.contains("\r\nX-Empty:\r\n")
      connection.write("HTTP/1.1 \(isThere ? 200 : 400) Done\r\nContent-Length: 0\r\n\r\n")
    }) { server in
      try await withClient { client in
        let reply = try await client.send(HTTPRequest.patient("GET", server.url, headers: [("X-Empty", "")]))
        #expect(reply.status == 200)
      }
    }
  }
}

enum Samples {
  /// "the same words " 20 times, gzip.
  static let packedWords = "H4sIAAAAAAACAyvJSFUoTsxNVSjPL0opVigZ5eLmAgCk1FGGLAEAAA=="
  /// 100 000 zeros, gzip: 132 bytes.
  static let packedZeros =
    "H4sIAAAAAAACA+3BMQEAAADCoPVPbQ0PoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIBXA32VEdSghgEA"
}
