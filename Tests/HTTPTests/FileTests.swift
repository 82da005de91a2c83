import DynamoJournalProgram
import Foundation
import Testing

@testable import DynamoJournalHTTP

@Suite("file: URLs")
struct FileTests {
  @Test("a file is read whole with status 200, its name percent-decoded")
  func whole() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("a b ü.json")
      try Data("{}".utf8).write(to: file)
      try await withClient { client in
        for url in [
          file.absoluteString,
          file.absoluteString.replacingOccurrences(of: "file://", with: "FILE://localhost"),
        ] {
          let reply = try await client.send(HTTPRequest("GET", url))
          #expect(reply.status == 200)
          #expect(reply.body == Array("{}".utf8))
          #expect(!reply.openedNewConnection)
          #expect(reply.timesSent == 0)
        }
      }
    }
  }

  @Test("a missing file, a folder, a pipe and another method are typed errors")
  func errors() async throws {
    try await withTemporaryFolder { folder in
      let pipe = folder.appendingPathComponent("pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      try await withClient { client in
        let missing = await failure(client, HTTPRequest("GET", folder.absoluteString + "missing"))
        #expect(missing?.kind == .fileMissing)
        #expect(missing?.mayHaveReachedServer == false)
        #expect(missing?.description.contains("missing") == true)
        #expect(await failure(client, HTTPRequest("GET", folder.absoluteString))?.kind == .fileUnreadable)
        #expect(await failure(client, HTTPRequest("GET", pipe.absoluteString))?.kind == .fileUnreadable)
        #expect(await failure(client, HTTPRequest("PUT", folder.absoluteString))?.kind == .malformedRequest)
      }
    }
  }

  @Test("a large file is streamed in small pieces, and the limit holds")
  func streamed() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("large")
      let piece = Data((0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      try (piece + piece + piece).write(to: file)
      try await withClient { client in
        let stream = try await client.stream(
          HTTPRequest("GET", file.absoluteString, maximumBodyBytes: 3_000_009))
        var all = Data()
        var largest = 0
        for try await part in stream {
          all += part
          largest = max(largest, part.count)
        }
        #expect(all == piece + piece + piece)
        #expect(largest <= 65_536)

        let short = HTTPRequest("GET", file.absoluteString, maximumBodyBytes: 3_000_008)
        #expect(await failure(client, short)?.kind == .bodyTooLarge(limit: 3_000_008))
        await #expect(throws: HTTPError.self) {
          for try await part in try await client.stream(short) { #expect(!part.isEmpty) }
        }
      }
    }
  }
}
