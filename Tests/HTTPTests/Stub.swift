import FlyingFox
import FlyingSocks
import Foundation

/// What a stub server received.
struct StubRequest: Sendable {
  let method: String
  let path: String
  let headers: [String: String]
  let body: [UInt8]
}

/// What a stub server answers.
struct StubReply: Sendable {
  var status = 200
  var headers: [String: String] = [:]
  var body: [UInt8] = []
}

/// Runs an HTTP server on 127.0.0.1 for as long as `body` runs, which gets its URL without a slash at the end.
func withStub(
  _ answer: @escaping @Sendable (StubRequest) async -> StubReply, _ body: (String) async throws -> Void
) async throws {
  let handler = ClosureHTTPHandler { request in response(await answer(try await received(request))) }
  let server = HTTPServer(
    address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 3_600, logger: .disabled, handler: handler)
  let running = Task { try await server.run() }
  try await server.waitUntilListening(timeout: 600)
  guard case .ip4(_, let port) = await server.listeningAddress else { throw StubError.noPort }
  let result: Result<Void, any Error>
  do {
    result = .success(try await body("http://127.0.0.1:\(port)"))
  } catch {
    result = .failure(error)
  }
  await server.stop()
  running.cancel()
  _ = await running.result
  try result.get()
}

enum StubError: Error {
  case noPort
}

private func received(_ request: HTTPRequest) async throws -> StubRequest {
  var headers: [String: String] = [:]
  for (name, value) in request.headers { headers[name.rawValue.lowercased()] = value }
  return StubRequest(
    method: request.method.rawValue, path: request.path, headers: headers,
    body: Array(try await request.bodyData))
}

private func response(_ reply: StubReply) -> HTTPResponse {
  var headers = HTTPHeaders()
  for (name, value) in reply.headers { headers[HTTPHeader(name)] = value }
  return HTTPResponse(
    statusCode: HTTPStatusCode(reply.status, phrase: "As Asked"), headers: headers, body: Data(reply.body))
}
