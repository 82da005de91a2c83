import Foundation
import Testing

@testable import DynamoJournalHTTP

@Suite("A body in pieces", .timeLimit(.minutes(10)))
struct StreamTests {
  /// 16 MB of a pattern, in a reply whose length is announced.
  private static let pieces = 256
  private static let piece = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 131 >> 3) }

  private static let large: @Sendable (RawServer.Connection) -> Void = { connection in
    while connection.readRequest() != nil {
      connection.write("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: \(pieces * piece.count)\r\n\r\n")
      for _ in 0..<pieces {
        guard connection.write(piece) else { return }
      }
    }
  }

  @Test("a slow reader gets every byte, in order, from a buffer that stays bounded")
  func bounded() async throws {
    try await withRawServer(Self.large) { server in
      try await withClient(streamBufferBytes: 100_000) { client in
        let stream = try await client.stream(HTTPRequest.patient("GET", server.url))
        #expect(stream.status == 200)
        #expect(stream.headers["x-a"] == "b")
        #expect(stream.openedNewConnection)
        #expect(stream.timesSent == 1)
        let sink = try #require(stream.sink)
        while !sink.isPaused { await Task.yield() }
        var position = 0
        for try await part in stream {
          #expect(part.count <= 100_000)
          let isRight = part.indices.allSatisfy { part[$0] == Self.piece[(position + $0) % Self.piece.count] }
          try #require(isRight)
          position += part.count
        }
        #expect(position == Self.pieces * Self.piece.count)
        #expect(sink.largestBuffer <= 100_000)

        // The connection is whole: it serves the next request.
        let again = try await client.stream(HTTPRequest.patient("GET", server.url))
        #expect(!again.openedNewConnection)
      }
    }
  }

  @Test("while one stream is paused, other requests of the client go on")
  func besides() async throws {
    try await withRawServer(Self.large) { large in
      try await withStub({ _ in StubReply(status: 204) }) { small in
        try await withClient(streamBufferBytes: 20_000) { client in
          let stream = try await client.stream(HTTPRequest.patient("GET", large.url))
          let sink = try #require(stream.sink)
          while !sink.isPaused { await Task.yield() }
          for _ in 0..<20 {
            let reply = try await client.send(HTTPRequest.patient("GET", small))
            #expect(reply.status == 204)
          }
        }
      }
    }
  }

  @Test("a stream that is let go ends its transfer")
  func letGo() async throws {
    let closed = Signal()
    try await withRawServer({ connection in
      Self.large(connection)
      closed.fire()
    }) { server in
      try await withClient { client in
        func first() async throws -> Int? {
          for try await part in try await client.stream(HTTPRequest.patient("GET", server.url)) {
            return part.count
          }
          return nil
        }
        let count = try #require(try await first())
        #expect(count > 0)
        await closed.wait()
      }
    }
  }

  @Test("a body that breaks off, or is too large, ends the stream with an error after what did come")
  func errors() async throws {
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
    }) { server in
      try await withClient { client in
        var text = ""
        let error = await #expect(throws: HTTPError.self) {
          for try await part in try await client.stream(HTTPRequest.patient("GET", server.url)) {
            text += String(decoding: part, as: UTF8.self)
          }
        }
        #expect(error?.kind == .connectionLost(inReply: true))
        #expect(text == "only this")
        let short = await #expect(throws: HTTPError.self) {
          for try await part in try await client.stream(
            HTTPRequest.patient("GET", server.url, maximumBodyBytes: 8))
          {
            #expect(part.count <= 8)
          }
        }
        #expect(short?.kind == .bodyTooLarge(limit: 8))
      }
    }
  }

  @Test("a reader that waits is freed by cancelling its task")
  func cancel() async throws {
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst")
      while connection.read() != nil {}
    }) { server in
      try await withClient { client in
        let got = Signal()
        let task = Task {
          await #expect(throws: HTTPError.self) {
            for try await _ in try await client.stream(HTTPRequest.patient("GET", server.url)) { got.fire() }
          }
        }
        await got.wait()
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
      }
    }
  }

  @Test("no connection and a client that is shut down are errors before there is a stream")
  func noStream() async throws {
    let port = try ClosedPort()
    defer { withExtendedLifetime(port) {} }
    try await withClient { client in
      let refused = await #expect(throws: HTTPError.self) {
        try await client.stream(HTTPRequest.patient("GET", port.url))
      }
      #expect(refused?.kind == .cannotConnect)
      await client.shutdown()
      let late = await #expect(throws: HTTPError.self) {
        try await client.stream(HTTPRequest.patient("GET", port.url))
      }
      #expect(late?.kind == .shutDown)
    }
  }

  @Test("shutdown ends a stream that is paused for its reader")
  func shutdown() async throws {
    try await withRawServer(Self.large) { server in
      try await withClient(streamBufferBytes: 20_000) { client in
        let stream = try await client.stream(HTTPRequest.patient("GET", server.url))
        let sink = try #require(stream.sink)
        while !sink.isPaused { await Task.yield() }
        await client.shutdown()
        let error = await #expect(throws: HTTPError.self) {
          for try await part in stream { #expect(!part.isEmpty) }
        }
        #expect(error?.kind == .shutDown)
      }
    }
  }

  @Test("a compressed stream is unpacked within its bound")
  func gzip() async throws {
    let packed = try #require(Data(base64Encoded: Samples.packedZeros))
    let reply = StubReply(headers: ["Content-Encoding": "gzip"], body: Array(packed))
    try await withStub({ _ in reply }) { url in
      try await withClient(streamBufferBytes: 20_000) { client in
        let stream = try await client.stream(HTTPRequest.patient("GET", url, acceptsGzip: true))
        var count = 0
        for try await part in stream { count += part.count }
        #expect(count == 100_000)
        #expect(try #require(stream.sink).largestBuffer <= 20_000)
      }
    }
  }
}

extension HTTPStream {
  fileprivate var sink: BufferingSink? {
    guard case .network(let sink, _) = source else { return nil }
    return sink
  }
}
