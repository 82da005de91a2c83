import Foundation
import Testing

@testable import DynamoJournalHTTP

extension HTTPRequest {
  /// A request whose time-outs no load can reach, for tests that are not about them.
  ///
  /// What hangs ends with the time limit of its suite.
  static func patient(
    _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
    connectTimeout: Duration = .seconds(3_600), totalTimeout: Duration? = nil, stallTimeout: Duration? = nil,
    maximumBodyBytes: Int = 64 << 20, acceptsGzip: Bool = false
  ) -> HTTPRequest {
    HTTPRequest(
      method, url, headers: headers, body: body, connectTimeout: connectTimeout, totalTimeout: totalTimeout,
      stallTimeout: stallTimeout, maximumBodyBytes: maximumBodyBytes, acceptsGzip: acceptsGzip)
  }
}

/// Runs `body` with a client that is shut down after it.
func withClient(
  maximumConnections: Int = 128, streamBufferBytes: Int = 1 << 20, authorities: String? = nil,
  _ body: (HTTPClient) async throws -> Void
) async throws {
  var configuration = HTTPClient.Configuration(environment: [:])
  configuration.maximumConnections = maximumConnections
  configuration.streamBufferBytes = streamBufferBytes
  configuration.certificateAuthorityFile = authorities
  let client = try HTTPClient(configuration: configuration)
  let result: Result<Void, any Error>
  do {
    result = .success(try await body(client))
  } catch {
    result = .failure(error)
  }
  await client.shutdown()
  try result.get()
}

/// The error that `client` ends `request` with; a failed expectation and nil if there was a reply.
func failure(_ client: HTTPClient, _ request: HTTPRequest, _ location: SourceLocation = #_sourceLocation)
  async
  -> HTTPError?
{
  do throws(HTTPError) {
    let reply = try await client.send(request)
    Issue.record("a reply with status \(reply.status)", sourceLocation: location)
    return nil
  } catch {
    return error
  }
}

/// A value set once, and waited for.
final class Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func fire() { continuation.yield() }

  /// Waits for `count` calls of `fire` since the last wait.
  func wait(_ count: Int = 1) async {
    var left = count
    guard left > 0 else { return }
    for await _ in stream {
      left -= 1
      if left == 0 { return }
    }
  }
}

/// A folder that is removed after `body`.
func withTemporaryFolder(_ body: (URL) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "http-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let result: Result<Void, any Error>
  do {
    result = .success(try await body(folder))
  } catch {
    result = .failure(error)
  }
  try FileManager.default.removeItem(at: folder)
  try result.get()
}
