import FlyingFox
import FlyingSocks
import Foundation
import DynamoJournalHTTP
import TestSupport
import Testing

@testable import DynamoJournalClient

/// All that the search for credentials can reach: a home folder, an HTTP server on 127.0.0.1 that plays every service,
/// an environment and a clock.
struct CredentialsWorld: Sendable {
  /// What the server received.
  struct Seen: Sendable {
    let method: String
    /// As it was sent.
    let path: String
    let query: [String: String]
    let headers: [String: String]
    let body: [UInt8]

    /// The fields of a form.
    var form: [String: String] {
      let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { $0.split(separator: "=") }
      return Dictionary(
        pairs.map { (String($0[0]), $0.count > 1 ? String($0[1]).removingPercentEncoding ?? "" : "") }
      ) { $1 }
    }
  }

  /// What the server answers.
  struct Answer: Sendable {
    var status = 200
    var body = ""
  }

  /// The moment that the clock shows at first: 2026-11-23T08:00:00Z.
  static let start: Int64 = 1_795_420_800

  let home: String
  let url: String
  let http: DynamoJournalHTTP.HTTPClient
  let log: RequestLog
  let clock = StandingClock(Self.start)

  /// The surroundings with this environment, and nothing of the machine's.
  func surroundings(_ environment: [String: String] = [:], processSeconds: Int = 3_600)
    -> CredentialsSurroundings
  {
    var endpoints = CredentialsEndpoints()
    for service in CredentialsEndpoints.Service.allCases {
      endpoints.given[service] = .init(url, by: "AWS_ENDPOINT_URL_\(service.name.uppercased())")
    }
    endpoints.container = url
    endpoints.instanceMetadata = url
    return CredentialsSurroundings(
      http: http, environment: environment, home: home, endpoints: endpoints, processSeconds: processSeconds,
      metadataTimeout: .seconds(3_600), now: { clock.now }, sleep: { clock.slept($0) })
  }

  /// A credentials source of these surroundings.
  func source(
    _ environment: [String: String] = [:], profile: String? = nil, region: String? = nil,
    processSeconds: Int = 3_600
  ) -> DefaultCredentials {
    DefaultCredentials(
      profile: profile, region: region,
      surroundings: surroundings(environment, processSeconds: processSeconds))
  }

  /// Writes a file below the home folder.
  func write(_ path: String, _ text: String) throws {
    let file = URL(fileURLWithPath: home).appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// An executable script in the home folder; its path.
  func script(_ name: String, _ text: String) throws -> String {
    try write(name, "#!/bin/sh\n" + text)
    let path = home + "/" + name
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    return path
  }
}

/// What the server received, in order.
actor RequestLog {
  private(set) var seen: [CredentialsWorld.Seen] = []

  func add(_ request: CredentialsWorld.Seen) { seen.append(request) }
}

/// A clock that stands still until it is told to move, and that counts the waits of a retry without waiting.
///
/// `@unchecked Sendable`: the values are private and each access holds the lock.
final class StandingClock: @unchecked Sendable {
  private let lock = NSLock()
  private var seconds: Int64
  private var waits: [Duration] = []

  init(_ seconds: Int64) { self.seconds = seconds }

  var now: Int64 { lock.withLock { seconds } }
  var sleeps: [Duration] { lock.withLock { waits } }

  func advance(_ by: Int64) { lock.withLock { seconds += by } }
  func slept(_ time: Duration) { lock.withLock { waits.append(time) } }
}

/// Runs `body` in a world whose server answers with `answer`.
func withCredentialsWorld(
  _ answer: @escaping @Sendable (CredentialsWorld.Seen) async throws -> CredentialsWorld.Answer = { _ in
    .init(status: 404)
  },
  _ body: (CredentialsWorld) async throws -> Void
) async throws {
  let log = RequestLog()
  let handler = ClosureHTTPHandler { request in
    let seen = try await seen(request)
    await log.add(seen)
    let answer = try await answer(seen)
    return HTTPResponse(
      statusCode: HTTPStatusCode(answer.status, phrase: "As Asked"), body: Data(answer.body.utf8))
  }
  let server = HTTPServer(
    address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 3_600, logger: .disabled, handler: handler)
  let running = Task { try await server.run() }
  try await server.waitUntilListening(timeout: 600)
  guard case .ip4(_, let port) = await server.listeningAddress else { throw NoPort() }
  let http = try DynamoJournalHTTP.HTTPClient(configuration: .init(environment: [:]))
  let result: Result<Void, any Error>
  do {
    try await withTemporaryFolder { home in
      try await body(CredentialsWorld(home: home, url: "http://127.0.0.1:\(port)", http: http, log: log))
    }
    result = .success(())
  } catch {
    result = .failure(error)
  }
  await http.shutdown()
  await server.stop()
  running.cancel()
  _ = await running.result
  try result.get()
}

private struct NoPort: Error {}

private func seen(_ request: FlyingFox.HTTPRequest) async throws -> CredentialsWorld.Seen {
  var headers: [String: String] = [:]
  for (name, value) in request.headers { headers[name.rawValue.lowercased()] = value }
  return CredentialsWorld.Seen(
    method: request.method.rawValue, path: String(request.target.rawValue.prefix { $0 != "?" }),
    query: Dictionary(request.query.map { ($0.name, $0.value) }) { $1 }, headers: headers,
    body: Array(try await request.bodyData))
}

/// The `CredentialsError` that `body` ends with; a failed expectation and nil if there is none.
func credentialsError(
  _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> AWSCredentials
) async throws -> CredentialsError? {
  do {
    _ = try await body()
    Issue.record("there are credentials", sourceLocation: location)
    return nil
  } catch let error as CredentialsError {
    return error
  }
}
