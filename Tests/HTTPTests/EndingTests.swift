import Foundation
import DynamoJournalHTTP
import Testing

@Suite("Cancelling and shutting down", .timeLimit(.minutes(10)))
struct EndingTests {
  @Test("cancelling the task ends the transfer and closes its connection")
  func cancel() async throws {
    let arrived = Signal()
    let closed = Signal()
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      arrived.fire()
      while connection.read() != nil {}
      closed.fire()
    }) { server in
      try await withClient { client in
        let request = HTTPRequest.patient("POST", server.url, body: [1])
        let task = Task { await failure(client, request) }
        await arrived.wait()
        task.cancel()
        let error = await task.value
        #expect(error?.kind == .cancelled)
        #expect(error?.mayHaveReachedServer == true)
        await closed.wait()
      }
    }
  }

  @Test("a task that is cancelled before it sends never reaches the server")
  func cancelledBefore() async throws {
    try await withRawServer({ while $0.read() != nil {} }) { server in
      try await withClient { client in
        let request = HTTPRequest.patient("POST", server.url, body: [1])
        let gate = Signal()
        let task = Task {
          await gate.wait()
          return await failure(client, request)
        }
        task.cancel()
        gate.fire()
        let error = await task.value
        #expect(error?.kind == .cancelled)
        #expect(error?.mayHaveReachedServer == false)
      }
    }
  }

  @Test("a request that waits for a connection can be cancelled; the one under way goes on")
  func cancelWaiting() async throws {
    let arrived = Signal()
    let goOn = DispatchSemaphore(value: 0)
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      arrived.fire()
      goOn.wait()
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }) { server in
      try await withClient(maximumConnections: 1) { client in
        let first = Task { try await client.send(HTTPRequest.patient("GET", server.url)) }
        await arrived.wait()
        let second = Task { await failure(client, HTTPRequest.patient("POST", server.url)) }
        second.cancel()
        let error = await second.value
        #expect(error?.kind == .cancelled)
        #expect(error?.mayHaveReachedServer == false)
        goOn.signal()
        let reply = try await first.value
        #expect(reply.status == 200)
      }
    }
  }

  @Test("requests and streams cancelled at any moment each end once, and the client goes on")
  func storm() async throws {
    try await withStub({ StubReply(body: $0.body) }) { url in
      try await withClient(maximumConnections: 8) { client in
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<300 {
            let request = HTTPRequest.patient(
              "POST", url, body: [UInt8](repeating: UInt8(number % 256), count: 20_000))
            group.addTask {
              let task = Task { await Self.outcome(client, request, isStreamed: number % 2 == 0) }
              for _ in 0..<(number % 37 * 20) { await Task.yield() }
              task.cancel()
              let outcome = await task.value
              #expect(outcome == nil || outcome == .cancelled)
            }
          }
        }
        let reply = try await client.send(HTTPRequest.patient("POST", url, body: [1]))
        #expect(reply.body == [1])
      }
    }
  }

  /// The kind of error that the request ended with, nil for a whole reply.
  private static func outcome(_ client: HTTPClient, _ request: HTTPRequest, isStreamed: Bool) async
    -> HTTPError.Kind?
  {
    do throws(HTTPError) {
      var body: [UInt8] = []
      if isStreamed {
        var parts = try await client.stream(request).makeAsyncIterator()
        while let part = try await parts.next() { body += part }
      } else {
        body = try await client.send(request).body
      }
      #expect(body == request.body)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test("shutdown ends what is under way and what waits, refuses what comes later, and can be repeated")
  func shutdown() async throws {
    let arrived = Signal()
    try await withRawServer({ connection in
      guard connection.readRequest() != nil else { return }
      arrived.fire()
      while connection.read() != nil {}
    }) { server in
      try await withClient(maximumConnections: 4) { client in
        let request = HTTPRequest.patient("GET", server.url)
        let tasks = (0..<20).map { _ in Task { await failure(client, request)?.kind } }
        await arrived.wait(4)
        await client.shutdown()
        for task in tasks { #expect(await task.value == .shutDown) }
        #expect(await failure(client, request)?.kind == .shutDown)
        await client.shutdown()
        async let once: Void = client.shutdown()
        async let again: Void = client.shutdown()
        _ = await (once, again)
      }
    }
  }

  @Test("a client that is let go closes its connections")
  func letGo() async throws {
    let closed = Signal()
    try await withRawServer({ connection in
      while connection.readRequest() != nil {
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      }
      closed.fire()
    }) { server in
      func once() async throws {
        let client = try HTTPClient()
        let reply = try await client.send(HTTPRequest.patient("GET", server.url))
        #expect(reply.status == 200)
      }
      try await once()
      await closed.wait()
    }
  }
}
