/// A reply whose body is read in pieces as it arrives, for bodies too large for memory.
///
/// At most the configuration's `streamBufferBytes` wait for the reader; then the transfer is paused, and the
/// server with it (TCP), until the reader asks for more. A paused transfer never counts as stalled. Read it by
/// one task: iterators share the bytes. The stream holds one connection until it is read to its end or let go,
/// which ends the transfer. The reader must see the end (nil): only then was the body whole.
package final class HTTPStream: Sendable {
  enum Source: Sendable {
    case network(BufferingSink, Transfer)
    case file(FileReader)
  }

  /// The status code; 200 for a `file:`.
  package let status: Int
  /// The header fields of the final reply.
  package let headers: HTTPHeaders
  /// How often libcurl connected for this request; see ``HTTPReply/openedNewConnection``.
  package let connectionsOpened: Int
  /// How often libcurl began to send this request.
  package let timesSent: Int

  let source: Source
  private let client: HTTPClient

  init(_ facts: ReplyFacts, source: Source, client: HTTPClient) {
    status = facts.status
    headers = HTTPHeaders(parsing: facts.head)
    connectionsOpened = facts.connectionsOpened
    timesSent = facts.timesSent
    self.source = source
    self.client = client
  }

  deinit {
    if case .network(_, let transfer) = source { client.inbox.post(.cancel(transfer)) }
  }

  /// Whether a connection was opened for this request; see ``HTTPReply/openedNewConnection``.
  package var openedNewConnection: Bool { connectionsOpened > 0 }

  fileprivate func next() async -> Result<[UInt8]?, HTTPError> {
    switch source {
    case .file(let reader):
      // A short read of a local file: not worth a thread of its own.
      if Task.isCancelled { return .failure(HTTPError(.cancelled, host: "")) }
      return reader.read(Swift.min(client.configuration.streamBufferBytes, 1 << 16))
    case .network(let sink, let transfer):
      let inbox = client.inbox
      return await withTaskCancellationHandler {
        await sink.read { inbox.post(.resume(transfer)) }
      } onCancel: {
        inbox.post(.cancel(transfer))
      }
    }
  }
}

extension HTTPStream: AsyncSequence {
  /// Hands out the pieces: never empty, at most `streamBufferBytes` or 16 KiB, whichever is more.
  package struct Iterator: AsyncIteratorProtocol {
    fileprivate let stream: HTTPStream

    /// The next piece, nil at the end of a whole body; throws if the body broke off or the task was cancelled.
    package mutating func next() async throws(HTTPError) -> [UInt8]? {
      try await stream.next().get()
    }

    /// The same on the caller's actor.
    package mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
      try await stream.next().get()
    }
  }

  /// An iterator; all of one stream share its bytes.
  package func makeAsyncIterator() -> Iterator {
    Iterator(stream: self)
  }
}
