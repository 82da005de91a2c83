/// Where the services are that hand out credentials: URLs without a slash at their end.
package struct CredentialsEndpoints: Sendable {
  /// A URL that takes the place of AWS's own, and the setting that says so.
  package struct Given: Sendable, Equatable {
    /// Without a slash at its end.
    let url: String
    /// As people find it.
    let setting: String

    /// A URL.
    package init(_ url: String, by setting: String) {
      self.url = String(url.reversed().drop { $0 == "/" }.reversed())
      self.setting = setting
    }
  }

  /// A service.
  enum Service: String, CaseIterable {
    case sts
    case singleSignOn = "portal.sso"
    /// Where tokens of single sign-on are renewed.
    case singleSignOnTokens = "oidc"

    /// As settings call it.
    var name: String {
      switch self {
      case .sts: "sts"
      case .singleSignOn: "sso"
      case .singleSignOnTokens: "sso_oidc"
      }
    }
  }

  /// What takes the place of AWS's own.
  var given: [Service: Given] = [:]
  /// Which of AWS's own hosts are asked.
  var style = HostStyle()
  /// The host of the container agent, for relative URIs.
  var container = "http://169.254.170.2"
  /// The metadata service of an instance.
  var instanceMetadata = "http://169.254.169.254"

  /// AWS's own.
  package init() {}

  /// The URL of a service, without a slash at its end.
  ///
  /// - Parameter region: nil for the endpoint without one, which STS has.
  /// - Throws: a reason if secrets would travel in the clear, or if the service has no such host.
  func url(of service: Service, in region: String?) throws(CredentialsError.Reason) -> String {
    if let given = given[service] { return try checked(given) }
    guard let region else { return "https://\(service.rawValue).amazonaws.com" }
    guard let host = style.host(of: service.rawValue, in: region) else {
      throw .badValue("use_dualstack_endpoint", needed: "a region whose services have such an endpoint")
    }
    return "https://\(host)"
  }

  private func checked(_ given: Given) throws(CredentialsError.Reason) -> String {
    guard ServiceAddress.isPrivate(given.url) else {
      throw .badValue(given.setting, needed: "an https URL, or a loopback address")
    }
    // As AWS's SDKs have it: nobody can tell whether that address is one of FIPS.
    guard !style.isFIPS else {
      throw .badValue(given.setting, needed: "use_fips_endpoint to be switched off")
    }
    return given.url
  }
}
