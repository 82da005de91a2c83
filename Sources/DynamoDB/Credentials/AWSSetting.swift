/// A setting of AWS's tools, and where it was found.
package enum AWSSetting: Hashable, Sendable {
  /// A variable of the environment.
  case variable(Name)
  /// A setting of the profile.
  case profile(Name)

  /// What a setting is called.
  package struct Name: Hashable, Sendable {
    let variable: String
    let setting: String

    init(_ variable: String, _ setting: String) {
      self.variable = variable
      self.setting = setting
    }

    static let fips = Name("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
    static let dualStack = Name("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
    static let ignoresEndpoints = Name(
      "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")
    static let accountIDEndpointMode = Name("AWS_ACCOUNT_ID_ENDPOINT_MODE", "account_id_endpoint_mode")
    static let endpointDiscovery = Name("AWS_ENABLE_ENDPOINT_DISCOVERY", "endpoint_discovery_enabled")
    static let regionalTokenService = Name("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints")
    static let metadataEndpoint = Name("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
    static let metadataMode = Name(
      "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")
    static let certificateAuthorities = Name("AWS_CA_BUNDLE", "ca_bundle")
    /// There is no such setting in a profile.
    static let defaultProfile = Name("AWS_DEFAULT_PROFILE", "")
  }

  /// How to be rid of it.
  var removal: String {
    switch self {
    case .variable: "unset it"
    case .profile(let name): "take it out of the profile, or set \(name.variable) to another value"
    }
  }
}

extension AWSSetting: CustomStringConvertible {
  /// As people find it.
  package var description: String {
    switch self {
    case .variable(let name): name.variable
    case .profile(let name): "\(name.setting) of the profile"
    }
  }
}
