import Foundation
import DynamoJournalHTTP
import Testing

@Suite("What goes wrong on the way", .timeLimit(.minutes(10)))
struct FaultTests {
  @Test("a refused connection never reached the server")
  func refused() async throws {
    let port = try ClosedPort()
    defer { withExtendedLifetime(port) {} }
    try await withClient { client in
      let error = await failure(client, HTTPRequest.patient("GET", port.url + "/path?key=s3cret"))
      #expect(error?.kind == .cannotConnect)
      #expect(error?.host == "127.0.0.1:\(port.number)")
      #expect(error?.mayHaveReachedServer == false)
    }
  }

  @Test("a host name that can't be is not resolved, and nothing was sent")
  func unresolvable() async throws {
    // A label longer than 63 bytes (RFC 1035, section 2.3.4) is refused by the resolver without a query.
    let host = String(repeating: "a", count: 70) + ".invalid"
    try await withClient { client in
      let error = await failure(client, HTTPRequest.patient("GET", "http://\(host)/"))
      #expect(error?.kind == .cannotResolve)
      #expect(error?.mayHaveReachedServer == false)
    }
  }

  @Test("a server that hangs meets the total time-out, and may have acted")
  func hangs() async throws {
    let requests = Bodies()
    try await withRawServer({ connection in
      if let request = connection.readRequest() { requests.add(request) }
      while connection.read() != nil {}
    }) { server in
      try await withClient { client in
        // How long it takes until the request is out is the machine's affair: the time grows until it is.
        for milliseconds in [100, 1_000, 10_000, 100_000] {
          let error = await failure(
            client,
            HTTPRequest.patient("POST", server.url, body: [1], totalTimeout: .milliseconds(milliseconds)))
          #expect(error?.kind == .timedOut(.total))
          guard !requests.all.isEmpty else { continue }
          #expect(error?.mayHaveReachedServer == true)
          return
        }
        Issue.record("no request arrived")
      }
    }
  }

  @Test("a server that falls silent in mid reply meets the stall time-out")
  func stalls() async throws {
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
      while connection.read() != nil {}
    }) { server in
      try await withClient { client in
        let error = await failure(
          client, HTTPRequest.patient("GET", server.url, stallTimeout: .milliseconds(1)))
        #expect(error?.kind == .timedOut(.stalled))
      }
    }
  }

  @Test("a handshake that never ends meets the connect time-out, and nothing was sent")
  func connectTimeout() async throws {
    try await withRawServer({ while $0.read() != nil {} }) { server in
      try await withClient { client in
        let url = "https://127.0.0.1:\(server.port)"
        let error = await failure(client, HTTPRequest.patient("GET", url, connectTimeout: .milliseconds(100)))
        #expect(error?.kind == .timedOut(.connecting))
        #expect(error?.mayHaveReachedServer == false)
      }
    }
  }

  @Test("a reply of another protocol is not taken for HTTP")
  func notHTTP() async throws {
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write("220 ready for mail, not for the web\r\n")
    }) { server in
      try await withClient { client in
        let error = await failure(client, HTTPRequest.patient("GET", server.url))
        #expect(error?.kind == .malformedReply)
        #expect(error?.mayHaveReachedServer == true)
      }
    }
  }

  @Test("a head without end is refused")
  func endlessHead() async throws {
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 200 OK\r\n")
      while connection.write("X-More: \(String(repeating: "x", count: 1000))\r\n") {}
    }) { server in
      try await withClient { client in
        let error = await failure(client, HTTPRequest.patient("GET", server.url))
        #expect(error?.kind == .malformedReply)
      }
    }
  }

  @Test(
    "a body over the limit is refused, whether its length is announced or not",
    arguments: ["Content-Length: 1000000", "X-Length: unknown"])
  func bodyCap(header: String) async throws {
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 200 OK\r\n\(header)\r\n\r\n")
      connection.write([UInt8](repeating: 65, count: 1_000_000))
    }) { server in
      try await withClient { client in
        let error = await failure(client, HTTPRequest.patient("GET", server.url, maximumBodyBytes: 999_999))
        #expect(error?.kind == .bodyTooLarge(limit: 999_999))
        let reply = try await client.send(HTTPRequest.patient("GET", server.url, maximumBodyBytes: 1_000_000))
        #expect(reply.body.count == 1_000_000)
      }
    }
  }

  @Test("the limit counts what gzip unpacks to")
  func bombCap() async throws {
    let packed = try #require(Data(base64Encoded: Samples.packedZeros))
    let bomb = StubReply(headers: ["Content-Encoding": "gzip"], body: Array(packed))
    try await withStub({ _ in bomb }) { url in
      try await withClient { client in
        let error = await failure(
          client, HTTPRequest.patient("GET", url, maximumBodyBytes: 99_999, acceptsGzip: true))
        #expect(error?.kind == .bodyTooLarge(limit: 99_999))
        let reply = try await client.send(
          HTTPRequest.patient("GET", url, maximumBodyBytes: 100_000, acceptsGzip: true))
        #expect(reply.body == [UInt8](repeating: 0, count: 100_000))
      }
    }
  }

  @Test("gzip that is none is a malformed reply")
  func brokenGzip() async throws {
    let broken = StubReply(headers: ["Content-Encoding": "gzip"], body: Array("plain text".utf8))
    try await withStub({ _ in broken }) { url in
      try await withClient { client in
        let error = await failure(client, HTTPRequest.patient("GET", url, acceptsGzip: true))
        #expect(error?.kind == .malformedReply)
      }
    }
  }

  @Test(
    "a body that is cut short is an error, not a short body",
    arguments: [
      "Content-Length: 100\r\n\r\nonly this", "Transfer-Encoding: chunked\r\n\r\n64\r\nonly this",
      "Transfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n",
    ])
  func truncated(rest: String) async throws {
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 200 OK\r\n\(rest)")
    }) { server in
      try await withClient { client in
        let error = await failure(client, HTTPRequest.patient("GET", server.url))
        #expect(error?.kind == .connectionLost(inReply: true))
        #expect(error?.mayHaveReachedServer == true)
      }
    }
  }

  @Test("a new connection that ends without a byte is an error that may have reached the server")
  func lostBeforeReply() async throws {
    try await withRawServer({ _ = $0.readRequest() }) { server in
      try await withClient { client in
        let error = await failure(client, HTTPRequest.patient("POST", server.url, body: [1]))
        #expect(error?.kind == .connectionLost(inReply: false))
        #expect(error?.mayHaveReachedServer == true)
      }
    }
  }

  @Test("libcurl sends a POST again when a re-used connection dies, and the reply tells")
  func resend() async throws {
    let bodies = Bodies()
    try await withRawServer({ connection in
      while let request = connection.readRequest() {
        bodies.add(request)
        // The first connection answers once, then takes a request in and closes without a word.
        if connection.number == 1, bodies.count == 2 { return }
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      }
    }) { server in
      try await withClient { client in
        let first = try await client.send(HTTPRequest.patient("POST", server.url, body: Array("one".utf8)))
        #expect(first.timesSent == 1)
        let second = try await client.send(HTTPRequest.patient("POST", server.url, body: Array("two".utf8)))
        #expect(second.status == 200)
        #expect(second.openedNewConnection)
        #expect(second.timesSent == 2)
        #expect(bodies.all == ["one", "two", "two"])
      }
    }
  }
}

/// The bodies that a server received, in order.
final class Bodies: @unchecked Sendable {
  // `@unchecked Sendable`: each access holds the lock.
  private let lock = NSLock()
  private var received: [String] = []

  var all: [String] { lock.withLock { received } }
  var count: Int { all.count }

  func add(_ request: String) {
    let body = request.range(of: "\r\n\r\n").map { String(request[$0.upperBound...]) }
    lock.withLock { received.append(body ?? "") }
  }
}
