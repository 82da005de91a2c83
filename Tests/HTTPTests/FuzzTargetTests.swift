import TestSupport
import Testing

@testable import DynamoJournalHTTP

@Suite("Fuzzing: HTTP") struct HTTPFuzzTargetTests {
  @Test("whatever a server writes, there is a reply within its bounds, or an error")
  func http() async throws {
    let current = Locked<[UInt8]>([])
    let tokens = [
      "HTTP/1.1 ", "\r\n\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n",
      "Content-Encoding: gzip\r\n",
      "Connection: keep-alive\r\n", "0\r\n\r\n", "100", "304", "204",
    ]
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      connection.write(current.withLock { $0 })
    }) { server in
      try await withClient { client in
        try await Fuzzing("http", tokens: tokens, fewInputs: 400).run { bytes in
          current.withLock { $0 = bytes }
          let request = HTTPRequest(
            "GET", server.url, totalTimeout: .seconds(30), maximumBodyBytes: 100_000, acceptsGzip: true)
          do throws(HTTPError) {
            let reply = try await client.send(request)
            guard reply.body.count <= 100_000, reply.status >= 100 else {
              throw HTTPError(.other(code: -1), host: "", detail: "")
            }
            _ = reply.headers["date"]
          } catch {
            if case .other(code: -1) = error.kind { throw Fuzzing.Finding("a reply beyond its bounds") }
          }
        }
      }
    }
  }
}
