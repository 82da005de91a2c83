import DynamoJournalAddresses
import Foundation

/// Where a URL points: what is decided by, and what is sent.
struct Target: Sendable {
  /// The URL as it is sent.
  let url: String
  /// The scheme.
  let scheme: WebAddress.Scheme
  /// With the port unless it is the scheme's own, never with a user's name or password; empty for a file.
  let host: String
  /// Without the query; percent-decoded for a file.
  let path: String
  /// The server; nil for a file.
  let server: ServerAddress?
  /// The proxy on the way; nil for none.
  var proxy: Proxy?

  /// The proxy as errors name it.
  var proxyShown: String { proxy?.shown ?? "" }

  init(parsing text: String) throws(HTTPError) {
    let address: WebAddress
    do throws(AddressError) { address = try WebAddress(text) } catch {
      throw HTTPError(error == .scheme ? .unsupportedScheme : .malformedURL, host: "", detail: "\(error)")
    }
    guard let path = address.scheme == .file ? address.path.removingPercentEncoding : address.path else {
      throw HTTPError(.malformedURL, host: "", detail: "its path can't be decoded")
    }
    url = address.url
    scheme = address.scheme
    host = address.server?.authority ?? ""
    self.path = path
    server = address.server
  }
}
