import DynamoJournalProgram
import Foundation
import DynamoJournalTables

/// Where a service of AWS, or a stand-in for one, is reached.
///
/// Credentials are signatures' keys, but a session token travels in the open: over plain `http:` they go to this
/// machine alone, unless that is asked for in so many words.
package struct ServiceEndpoint: Hashable, Sendable {
  /// The URL that requests are posted to, with a slash at its end.
  package let url: String
  /// Host, and the port unless it is the scheme's own: what the `Host` header says.
  package let host: String
  /// The region that requests are signed for.
  package let region: String
  /// The service's name in a signature, such as `dynamodb` or `sts`.
  package let service: String
  /// Scheme, host and port, whatever their spelling.
  package let address: ServerAddress

  /// Whether it is this machine.
  package var isLoopback: Bool { address.isLoopback }
  /// Whether AWS itself answers there, so that its Security Token Service knows whose the credentials are.
  package var isAmazons: Bool { AWSPartition.owns(address.host) }

  /// An endpoint with a URL such as `http://127.0.0.1:8000`.
  ///
  /// - Parameter insecureAllowed: lets credentials go to another machine without TLS.
  /// - Throws: `EndpointError`.
  package init(
    _ text: String, region: String, service: String = "dynamodb", insecureAllowed: Bool = false
  ) throws(EndpointError) {
    guard let address = ServerAddress(text) else { throw .malformed(Self.shown(text)) }
    guard AWSRegion.isWellFormed(region) else { throw .badRegion(region) }
    guard address.scheme == "https" || address.isLoopback || insecureAllowed else {
      throw .plainText(host: address.authority)
    }
    self.address = address
    url = "\(address.scheme)://\(address.authority)/"
    host = address.authority
    self.region = region
    self.service = service
  }

  /// AWS's own endpoint in a region.
  ///
  /// Source: https://docs.aws.amazon.com/general/latest/gr/ddb.html and
  /// https://docs.aws.amazon.com/general/latest/gr/rande.html#dual-stack-endpoints
  /// - Parameter style: which of the service's hosts.
  /// - Throws: `EndpointError`.
  package static func aws(
    region: String, service: String = "dynamodb", style: HostStyle = HostStyle()
  ) throws(EndpointError) -> ServiceEndpoint {
    guard AWSRegion.isWellFormed(region) else { throw .badRegion(region) }
    guard let host = style.host(of: service, in: region) else { throw .noDualStack(region: region) }
    return try ServiceEndpoint("https://\(host)", region: region, service: service)
  }

  /// An address as it may be shown.
  static func shown(_ text: String) -> String { WebAddress.shown(text) }
}

/// Why an endpoint can't be used.
package enum EndpointError: Error, Hashable, Sendable {
  /// It is no `http:` or `https:` URL of a host alone.
  case malformed(String)
  /// A region of other characters than `a-z`, `0-9` and `-`.
  case badRegion(String)
  /// A setting of AWS's tools leads to another address than the one that was asked for; the address as it may be shown.
  case configuredElsewhere(setting: String, String)
  /// A setting of AWS's tools would send requests elsewhere, and is not followed.
  case unsupported(AWSSetting, value: String)
  /// A switch that is neither on nor off.
  case notBoolean(AWSSetting)
  /// A service was given another address, and FIPS asked for at once.
  case elsewhereWithFIPS(setting: String)
  /// The region's services have no endpoint of both versions of IP.
  case noDualStack(region: String)
  /// Credentials would travel unencrypted to another machine.
  case plainText(host: String)
}

extension EndpointError: ExplainedError {
  package var explanation: Explanation {
    switch self {
    case .malformed(let text):
      Explanation(
        "\(text) is not an endpoint",
        "write scheme, host and port, such as http://127.0.0.1:8000")
    case .configuredElsewhere(let setting, let address):
      Explanation(
        "\(setting) leads AWS's tools to \(address), and the target is AWS itself; nothing was sent",
        "name that address with --target, unset it, or set AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true")
    case .unsupported(let setting, let value):
      Explanation(
        "\(setting) is \(value), which is not supported and would change where requests go; nothing was sent",
        setting.removal)
    case .notBoolean(let setting):
      Explanation(
        "\(setting) is neither true nor false, and says where requests go; nothing was sent",
        "correct it")
    case .elsewhereWithFIPS(let setting):
      Explanation(
        "\(setting) leads to another address than AWS's own, and FIPS endpoints are asked for; nothing was sent",
        "unset one of the two")
    case .noDualStack(let region):
      Explanation(
        "region '\(region)' has no dual-stack endpoints",
        "set AWS_USE_DUALSTACK_ENDPOINT=false")
    case .badRegion(let region):
      Explanation(
        "'\(region)' is not a region",
        "write one such as us-east-1")
    case .plainText(let host):
      Explanation(
        "credentials would go to '\(host)' without encryption",
        "use https, or --insecure-endpoint if that is meant")
    }
  }
  package var errorClass: ErrorClass { .validation }

}
