import Foundation
import Testing

@testable import DynamoJournalHTTP

@Suite("Bounds on a reply", .timeLimit(.minutes(5))) struct BoundTests {
  /// 64 MB of zeros by gzip, made once.
  private func bomb() throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bomb-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "head -c 67108864 /dev/zero | gzip -9 > '\(folder.path)/b.gz'"]
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: folder.appendingPathComponent("b.gz")))
  }

  @Test("a reply that becomes far larger when it is uncompressed is given up")
  func bombs() async throws {
    let body = try bomb()
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
}
