import DynamoJournalHTTP
import DynamoJournalRunner

/// Inputs over libcurl: `http:`, `https:` and `file:`.
struct CurlInputs: InputSource {
  let client: HTTPClient
  /// How long a server may fall silent.
  var patience = Duration.seconds(60)

  func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
    do {
      // No bound on the whole: a large reply takes its time, and a server that falls silent is noticed.
      let call = HTTPRequest(
        request.method, request.url, headers: request.headers, body: request.body, totalTimeout: nil,
        stallTimeout: patience, maximumBodyBytes: .max, acceptsGzip: true)
      let reply = try await client.stream(call)
      guard (200..<300).contains(reply.status) else {
        throw InputError(source: request.source, reason: CurlInputs.words(reply.status, request))
      }
      for try await bytes in reply { try await piece(bytes) }
    } catch let error as HTTPError {
      throw InputError(source: request.source, reason: error.description)
    }
  }

  private static func words(_ status: Int, _ request: InputRequest) -> String {
    let address = request.addressVariable ?? "its address"
    let whatLetsIn =
      request.keyVariable.map { "\($0) and what it may read" } ?? "what the endpoint at \(address) wants"
    return switch status {
    case 401, 403: "HTTP status \(status): check \(whatLetsIn)"
    case 404: "HTTP status 404: check \(address)"
    case 300..<400:
      "HTTP status \(status), a redirection, which is not followed: put the final address into the URL"
    default: "HTTP status \(status): check that the server is well, and try again"
    }
  }
}
