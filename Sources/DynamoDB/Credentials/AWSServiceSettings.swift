/// What AWS's variables, and the profile, say about where requests go.
///
/// A setting that would send them elsewhere is followed, or refused by its name; none is passed over.
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
package struct AWSServiceSettings: Sendable {
  private let surroundings: CredentialsSurroundings
  private let settings: [String: String]
  private let services: [String: [String: String]]

  /// Reads the profile.
  ///
  /// - Parameter profile: the one that the user asked for; else that of the environment.
  /// - Throws: `EndpointError` for a setting that is not followed, `CredentialsError` for a file that can't be read.
  package init(profile: String?, surroundings: CredentialsSurroundings) throws {
    self.surroundings = surroundings
    let name = profile ?? surroundings.profileName
    let files: SharedFiles
    do throws(CredentialsError.Reason) { files = try SharedFiles(surroundings) } catch {
      throw CredentialsError([.init(.profile(name), error)], stoppedAtFailure: true)
    }
    settings = files.profiles[name] ?? [:]
    services = settings["services"].flatMap { files.services[$0] } ?? [:]
    if profile == nil { try surroundings.checkProfileNames() }
    try refuse("AWS_ACCOUNT_ID_ENDPOINT_MODE", "account_id_endpoint_mode", value: "required")
    try refuse("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints", value: "legacy")
  }

  /// AWS's own endpoint of DynamoDB.
  ///
  /// - Throws: `EndpointError` when something leads AWS's SDKs to another address: it has to be named as the target.
  package func dynamoDB(region: String) throws(EndpointError) -> ServiceEndpoint {
    if let (name, url) = configured("dynamodb") {
      throw .configuredElsewhere(setting: name, ServiceEndpoint.shown(url))
    }
    return try own(region: region, service: "dynamodb")
  }

  /// The Security Token Service.
  ///
  /// - Throws: `EndpointError`
  package func tokenService(region: String) throws(EndpointError) -> ServiceEndpoint {
    guard let (_, url) = configured("sts") else { return try own(region: region, service: "sts") }
    return try ServiceEndpoint(url, region: region, service: "sts")
  }

  /// The URL of the Security Token Service, without a slash at its end, where it is not the usual one of the region.
  ///
  /// - Throws: `EndpointError`
  package func tokenServiceElsewhere(region: String) throws(EndpointError) -> String? {
    let service = try tokenService(region: region)
    return try service == .aws(region: region, service: "sts") ? nil : String(service.url.dropLast())
  }

  private func own(region: String, service: String) throws(EndpointError) -> ServiceEndpoint {
    try .aws(
      region: region, service: service, isFIPS: isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
      isDualStack: isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"))
  }

  /// What leads requests of a service elsewhere, and where to.
  private func configured(_ service: String) -> (name: String, url: String)? {
    if isOn("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") { return nil }
    for name in ["AWS_ENDPOINT_URL_\(service.uppercased())", "AWS_ENDPOINT_URL"] {
      if let url = surroundings.variable(name) { return (name, url) }
    }
    if let url = services[service]?["endpoint_url"] { return ("endpoint_url of the profile's services", url) }
    return settings["endpoint_url"].map { ("endpoint_url of the profile", $0) }
  }

  private func isOn(_ variable: String, _ setting: String) -> Bool {
    (surroundings.variable(variable) ?? settings[setting])?.lowercased() == "true"
  }

  private func refuse(_ variable: String, _ setting: String, value: String) throws(EndpointError) {
    let isVariable = surroundings.variable(variable) != nil
    let found = surroundings.variable(variable) ?? settings[setting]
    guard found?.lowercased() == value else { return }
    throw .unsupported(setting: isVariable ? variable : "\(setting) of the profile", value: value)
  }
}

extension CredentialsSurroundings {
  /// The profile that the environment names, or `default`.
  package var profileName: String {
    variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE") ?? "default"
  }

  /// AWS's tools differ on which of the two wins.
  fileprivate func checkProfileNames() throws(EndpointError) {
    guard let one = variable("AWS_PROFILE"), let other = variable("AWS_DEFAULT_PROFILE"), one != other else {
      return
    }
    throw .unsupported(setting: "AWS_DEFAULT_PROFILE, beside AWS_PROFILE", value: "another profile")
  }
}
