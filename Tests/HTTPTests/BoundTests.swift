import Foundation
import TestSupport
import Testing

@testable import DynamoJournalHTTP

@Suite("Bounds on a reply", .timeLimit(.minutes(5))) struct BoundTests {
  /// 64 MB of zeros by gzip.
  private func bomb() async throws -> [UInt8] {
    try await written("b.gz", by: "head -c 67108864 /dev/zero | gzip -9 > b.gz")
  }

  private func gzipped(_ body: [UInt8]) async throws -> [UInt8] {
    try await written("b.gz", by: "gzip -9 > b.gz", input: body)
  }

  /// The bytes of a file that a shell command leaves in a folder of its own.
  private func written(_ name: String, by command: String, input: [UInt8] = []) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    try await withTemporaryFolder { folder in
      let outcome = try await Shell.run("/bin/sh", ["-c", command], input: input, folder: folder.path)
      try #require(outcome.status == 0, "\(outcome.errors)")
      bytes = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }
    return bytes
  }

  @Test("a reply that becomes far larger when it is uncompressed is given up")
  func bombs() async throws {
    let body = try await bomb()
    try await withRawServer({
      guard $0.readRequest() != nil else { return }
      $0.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n")
      $0.write(body)
    }) { server in
      try await withClient { client in
        let error = await failure(
          client, .patient("GET", server.url, maximumBodyBytes: 256 << 20, acceptsGzip: true))
        #expect(error?.kind == .expandsTooMuch(ratio: 200))
      }
    }
  }

  @Test("everything under way can be ended, and the client goes on")
  func cancelAll() async throws {
    let arrived = Signal()
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      if connection.number == 1 {
        arrived.fire()
        _ = connection.read()
      } else {
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      }
    }) { server in
      try await withClient(maximumConnections: 1) { client in
        async let first = failure(client, .patient("GET", server.url))
        await arrived.wait()
        client.cancelAll()
        let error = await first
        #expect(error?.kind == .cancelled && error?.mayHaveReachedServer == true)
        let next = try await client.send(.patient("GET", server.url))
        #expect(next.status == 200)
      }
    }
  }

  // MARK: Replies that never end

  @Test(
    "heads, interim replies and trailers without end are refused",
    arguments: [
      ("", "HTTP/1.1 103 Early Hints\r\nX: \(String(repeating: "x", count: 500))\r\n\r\n"),
      ("", "HTTP/1.1 100 Continue\r\n\r\n"),
      ("HTTP/1.1 200 OK\r\nX-Long: ", String(repeating: "x", count: 10_000)),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", "X-Trailer: more\r\n"),
    ])
  func endless(_ start: String, _ more: String) async throws {
    try await withRawServer({
      guard $0.readRequest() != nil, $0.write(start) else { return }
      while $0.write(more) {}
    }) { server in
      try await withClient { client in
        let error = await failure(client, .patient("GET", server.url))
        #expect(error?.kind == .malformedReply, "\(error as Any)")
      }
    }
  }

  @Test("a byte now and then keeps no request alive beyond its time", arguments: ["head", "body"])
  func trickle(_ part: String) async throws {
    try await withRawServer({
      guard $0.readRequest() != nil else { return }
      if part == "body" { $0.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n") }
      while $0.write("H") { usleep(20_000) }
    }) { server in
      try await withClient { client in
        let request = HTTPRequest.patient(
          "GET", server.url, totalTimeout: .milliseconds(300), stallTimeout: .seconds(3_600))
        let error = await failure(client, request)
        // An H that is no status line can end it sooner.
        switch error?.kind {
        case .timedOut: break
        case .malformedReply where part == "head": break
        default: Issue.record("\(error as Any)")
        }
      }
    }
  }

  // MARK: Lengths that don't hold

  @Test(
    "a length that can't be is an error, and never a shorter body",
    arguments: [
      "Content-Length: -1\r\n\r\nabc", "Content-Length: 3x\r\n\r\nabc",
      "Content-Length: 99999999999999999999\r\n\r\na",
      "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc",
      "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc",
      "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n7FFFFFFFFFFFFFFF\r\nabc",
      "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
      "Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ])
  func lengths(_ rest: String) async throws {
    try await withRawServer({
      guard $0.readRequest() != nil else { return }
      $0.write("HTTP/1.1 200 OK\r\n" + rest)
    }) { server in
      try await withClient { client in
        let error = await failure(client, .patient("GET", server.url, acceptsGzip: true))
        switch error?.kind {
        case .malformedReply, .connectionLost: break
        default: Issue.record("\(error as Any)")
        }
      }
    }
  }

  // MARK: Compressed in odd ways

  @Test(
    "what is compressed more than once is refused before it is unpacked",
    arguments: ["gzip, gzip", "gzip\r\nContent-Encoding: gzip", "deflate,gzip", "GZIP , gzip,identity"])
  func nested(_ coding: String) async throws {
    let body = try await gzipped(try await bomb())
    try await withRawServer({
      guard $0.readRequest() != nil else { return }
      $0.write("HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n")
      $0.write(body)
    }) { server in
      try await withClient { client in
        let error = await failure(
          client, .patient("GET", server.url, maximumBodyBytes: 256 << 20, acceptsGzip: true))
        #expect(error?.kind == .malformedReply, "\(error as Any)")
      }
    }
  }

  @Test("members of gzip behind each other are one body, or an error, and never the first of them alone")
  func members() async throws {
    let body = try await gzipped(Array("first ".utf8)) + gzipped(Array("second".utf8))
    try await withRawServer({
      guard $0.readRequest() != nil else { return }
      $0.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n")
      $0.write(body)
    }) { server in
      try await withClient { client in
        do throws(HTTPError) {
          let reply = try await client.send(.patient("GET", server.url, acceptsGzip: true))
          #expect(String(decoding: reply.body, as: UTF8.self) == "first second")
        } catch {
          #expect(error.kind == .malformedReply, "\(error)")
        }
      }
    }
  }
}
