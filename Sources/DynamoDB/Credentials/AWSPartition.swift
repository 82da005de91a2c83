/// Regions that share a domain: AWS's public ones, China, the government's, the European Sovereign Cloud, and those
/// that have no way to the internet.
///
/// Source: `partitions.json` of AWS's SDKs, https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
struct AWSPartition: Sendable {
  /// What a region's name begins with.
  private let prefix: String
  /// The domain of services.
  let domain: String
  /// The domain of services by both versions of IP; nil where there is none.
  let dualStackDomain: String?
  /// Whether the usual names of services are those of validated modules.
  var isFIPSUsual = false

  private static let apart = [
    AWSPartition(prefix: "cn-", domain: "amazonaws.com.cn", dualStackDomain: "api.amazonwebservices.com.cn"),
    AWSPartition(
      prefix: "us-gov-", domain: "amazonaws.com", dualStackDomain: "api.aws", isFIPSUsual: true),
    AWSPartition(prefix: "eusc-", domain: "amazonaws.eu", dualStackDomain: "api.amazonwebservices.eu"),
    AWSPartition(prefix: "us-iso-", domain: "c2s.ic.gov", dualStackDomain: nil),
    AWSPartition(prefix: "us-isob-", domain: "sc2s.sgov.gov", dualStackDomain: nil),
    AWSPartition(prefix: "eu-isoe-", domain: "cloud.adc-e.uk", dualStackDomain: nil),
    AWSPartition(prefix: "us-isof-", domain: "csp.hci.ic.gov", dualStackDomain: nil),
  ]
  private static let usual = AWSPartition(prefix: "", domain: "amazonaws.com", dualStackDomain: "api.aws")

  /// The partition of a region; AWS's public one for names that none of the others has.
  static func of(_ region: String) -> AWSPartition { apart.first { region.hasPrefix($0.prefix) } ?? usual }

  /// Whether a host is one of AWS's own.
  static func owns(_ host: String) -> Bool {
    (apart + [usual]).flatMap { [$0.domain] + [$0.dualStackDomain].compactMap(\.self) }
      .contains { host.hasSuffix("." + $0) }
  }
}

/// Which of a service's host names is asked for.
package struct HostStyle: Sendable, Equatable {
  /// By modules that are validated under FIPS 140.
  package var isFIPS = false
  /// By IP version 6, too.
  package var isDualStack = false

  /// The style of a request.
  package init(isFIPS: Bool = false, isDualStack: Bool = false) {
    self.isFIPS = isFIPS
    self.isDualStack = isDualStack
  }

  /// The host of a service, such as `dynamodb` or `portal.sso`; nil where the region has none of this style.
  ///
  /// In the regions of the US government the usual names are those of FIPS.
  /// Source: the `endpoint-rule-set` files of dynamodb, sts, sso and sso-oidc in AWS's SDKs
  /// - Parameter region: is well formed.
  func host(of service: String, in region: String) -> String? {
    let partition = AWSPartition.of(region)
    guard let domain = isDualStack ? partition.dualStackDomain : partition.domain else { return nil }
    let isApart = isFIPS && (isDualStack || !partition.isFIPSUsual)
    return "\(service)\(isApart ? "-fips" : "").\(region).\(domain)"
  }
}
