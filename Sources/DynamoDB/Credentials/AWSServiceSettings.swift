/// What AWS's variables, and the profile, say about where requests go and whom to trust.
///
/// A setting that would send requests elsewhere is followed, or refused by its name; none is passed over.
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
package struct AWSServiceSettings: Sendable {
  private let place: SettingsPlace
  private let isProfileChosen: Bool
  private let settings: [String: String]
  private let services: [String: [String: String]]

  /// Reads the profile.
  ///
  /// - Parameter profile: the one that the user asked for; else that of the environment.
  /// - Throws: `CredentialsError` for a file that can't be read.
  package init(profile: String?, _ place: SettingsPlace) throws(CredentialsError) {
    self.place = place
    isProfileChosen = profile != nil
    let name = profile ?? place.profileName
    let files: SharedFiles
    do throws(CredentialsError.Reason) { files = try SharedFiles(place) } catch {
      throw CredentialsError([.init(.profile(name), error)], stoppedAtFailure: true)
    }
    settings = files.profiles[name] ?? [:]
    services = settings["services"].flatMap { files.services[$0] } ?? [:]
  }

  /// A PEM file of the authorities that are trusted, in place of the system's; nil where none is named.
  package var certificateAuthorities: String? {
    found(.certificateAuthorities).map { place.expanded($0.value) }
  }
}

// MARK: Where requests go

extension AWSServiceSettings {
  /// AWS's own endpoint of DynamoDB.
  ///
  /// - Throws: `EndpointError` when something leads AWS's SDKs to another address: it has to be named as the target.
  package func dynamoDB(region: String) throws(EndpointError) -> ServiceEndpoint {
    try checkProfileNames()
    try refuse(.accountIDEndpointMode, value: "required")
    try refuse(.endpointDiscovery, value: "true")
    if let given = try given("dynamodb") {
      throw .configuredElsewhere(setting: given.setting, ServiceEndpoint.shown(given.url))
    }
    return try .aws(region: region, style: style())
  }

  /// The Security Token Service.
  ///
  /// - Throws: `EndpointError`
  package func tokenService(region: String) throws(EndpointError) -> ServiceEndpoint {
    try refuse(.regionalTokenService, value: "legacy")
    let style = try style()
    guard let given = try given("sts") else {
      return try .aws(region: region, service: "sts", style: style)
    }
    guard !style.isFIPS else { throw .elsewhereWithFIPS(setting: given.setting) }
    return try ServiceEndpoint(given.url, region: region, service: "sts")
  }

  /// Where credentials are asked for. A URL that can't be used is told when it is used.
  ///
  /// - Throws: `EndpointError` for a setting that is not followed.
  package func credentialsEndpoints() throws(EndpointError) -> CredentialsEndpoints {
    try checkProfileNames()
    try refuse(.regionalTokenService, value: "legacy")
    var endpoints = CredentialsEndpoints()
    endpoints.style = try style()
    for service in CredentialsEndpoints.Service.allCases {
      endpoints.given[service] = try given(service.name)
    }
    if let metadata = try instanceMetadata() { endpoints.instanceMetadata = metadata }
    return endpoints
  }

  private func style() throws(EndpointError) -> HostStyle {
    HostStyle(isFIPS: try isOn(.fips), isDualStack: try isOn(.dualStack))
  }

  /// What leads requests of a service elsewhere: the variable of the service comes before that of all, and variables
  /// come before the profile.
  private func given(_ service: String) throws(EndpointError) -> CredentialsEndpoints.Given? {
    if try isOn(.ignoresEndpoints) { return nil }
    for name in ["AWS_ENDPOINT_URL_\(service.uppercased())", "AWS_ENDPOINT_URL"] {
      if let url = place.variable(name) { return .init(url, by: name) }
    }
    if let url = value(services[service]?["endpoint_url"]) {
      return .init(url, by: "endpoint_url of the profile's services")
    }
    return value(settings["endpoint_url"]).map { .init($0, by: "endpoint_url of the profile") }
  }

  private func instanceMetadata() throws(EndpointError) -> String? {
    if let given = found(.metadataEndpoint) { return CredentialsEndpoints.Given(given.value, by: "").url }
    guard let (setting, mode) = found(.metadataMode) else { return nil }
    switch mode.lowercased() {
    case "ipv4": return nil
    case "ipv6": return "http://[fd00:ec2::254]"
    default: throw .unsupported(setting, value: "neither IPv4 nor IPv6")
    }
  }
}

// MARK: Reading

extension AWSServiceSettings {
  /// The variable, else the setting of the profile.
  private func found(_ name: AWSSetting.Name) -> (setting: AWSSetting, value: String)? {
    if let value = place.variable(name.variable) { return (.variable(name), value) }
    return value(settings[name.setting]).map { (.profile(name), $0) }
  }

  private func value(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

  private func isOn(_ name: AWSSetting.Name) throws(EndpointError) -> Bool {
    guard let (setting, value) = found(name) else { return false }
    switch value.lowercased() {
    case "true": return true
    case "false": return false
    default: throw .notBoolean(setting)
    }
  }

  private func refuse(_ name: AWSSetting.Name, value: String) throws(EndpointError) {
    guard let found = found(name), found.value.lowercased() == value else { return }
    throw .unsupported(found.setting, value: value)
  }

  /// AWS's tools differ on which of the two wins.
  private func checkProfileNames() throws(EndpointError) {
    guard !isProfileChosen, let one = place.variable("AWS_PROFILE"),
      let other = place.variable("AWS_DEFAULT_PROFILE"), one != other
    else { return }
    throw .unsupported(.variable(.defaultProfile), value: "another profile than AWS_PROFILE")
  }
}
