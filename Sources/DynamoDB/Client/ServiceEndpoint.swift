import Foundation

/// Where a service of AWS, or a stand-in for one, is reached.
///
/// Credentials are signatures' keys, but a session token travels in the open: over plain `http:` they go to this
/// machine alone, unless that is asked for in so many words.
public struct ServiceEndpoint: Hashable, Sendable {
  /// The URL that requests are posted to, with a slash at its end.
  public let url: String
  /// Host, and the port unless it is the scheme's own: what the `Host` header says.
  public let host: String
  /// The region that requests are signed for.
  public let region: String
  /// The service's name in a signature, such as `dynamodb` or `sts`.
  public let service: String
  /// Whether it is this machine.
  public let isLoopback: Bool

  /// An endpoint with a URL such as `http://127.0.0.1:8000`.
  ///
  /// - Parameter insecureAllowed: lets credentials go to another machine without TLS.
  /// - Throws: `EndpointError`.
  public init(
    _ text: String, region: String, service: String = "dynamodb", insecureAllowed: Bool = false
  ) throws(EndpointError) {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let name = parts.host, !name.isEmpty, parts.user == nil,
      parts.query == nil, parts.fragment == nil, ["", "/"].contains(parts.path)
    else { throw .malformed(Self.withoutSecrets(text)) }
    guard AWSRegion.isWellFormed(region) else { throw .badRegion(region) }
    let isDefaultPort = parts.port == nil || parts.port == (scheme == "https" ? 443 : 80)
    let host = name.lowercased() + (isDefaultPort ? "" : ":\(parts.port ?? 0)")
    isLoopback = Self.isLoopback(name)
    guard scheme == "https" || isLoopback || insecureAllowed else { throw .plainText(host: host) }
    self.url = "\(scheme)://\(host)/"
    self.host = host
    self.region = region
    self.service = service
  }

  /// AWS's own endpoint in a region.
  ///
  /// Source: https://docs.aws.amazon.com/general/latest/gr/ddb.html
  /// - Throws: `EndpointError`.
  public static func aws(
    region: String, service: String = "dynamodb"
  ) throws(EndpointError) -> ServiceEndpoint {
    guard AWSRegion.isWellFormed(region) else { throw .badRegion(region) }
    let domain = CredentialsEndpoints.domain(of: region)
    return try ServiceEndpoint("https://\(service).\(region).\(domain)", region: region, service: service)
  }

  /// The text without what stands before an `@` or behind a `?`: it will be shown.
  private static func withoutSecrets(_ text: String) -> String {
    let start = text.range(of: "://")?.upperBound ?? text.startIndex
    let rest = text[start...].prefix { $0 != "?" }
    let shown = rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
    return String(text[..<start]) + shown
  }

  /// By name: `localhost` and what is below it (RFC 6761, section 6.3), 127.0.0.0/8 and ::1.
  private static func isLoopback(_ host: String) -> Bool {
    let name = host.lowercased().trimmingCharacters(in: ["[", "]"])
    if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
    let bytes = name.split(separator: ".", omittingEmptySubsequences: false)
    return bytes.count == 4 && bytes[0] == "127" && bytes.allSatisfy { UInt8($0) != nil }
  }
}

/// Why an endpoint can't be used.
public enum EndpointError: Error, Hashable, Sendable {
  /// It is no `http:` or `https:` URL of a host alone.
  case malformed(String)
  /// A region of other characters than `a-z`, `0-9` and `-`.
  case badRegion(String)
  /// Credentials would travel unencrypted to another machine.
  case plainText(host: String)
}

extension EndpointError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .malformed(let text):
      "'\(text)' is no endpoint: write scheme, host and port, such as http://127.0.0.1:8000"
    case .badRegion(let region): "'\(region)' is no region: write one such as us-east-1"
    case .plainText(let host):
      "credentials would go to '\(host)' without encryption: use https, or --insecure-endpoint if that is meant"
    }
  }
}
