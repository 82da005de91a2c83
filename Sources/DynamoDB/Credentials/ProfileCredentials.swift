/// Credentials of a profile: its keys, a role, a web identity, a single sign-on or a process, in this order, which is
/// that of AWS's SDKs.
struct ProfileCredentials {
  typealias Reason = CredentialsError.Reason
  typealias Settings = [String: String]

  let files: SharedFiles
  let surroundings: CredentialsSurroundings
  /// The region for STS when the profile of a role names none.
  let region: String?

  /// Credentials of the profile called `name`.
  func credentials(_ name: String) async throws(Reason) -> AWSCredentials {
    try await credentials(name, cameBy: [])
  }

  /// - Parameter cameBy: the profiles that named this one by `source_profile`, the first one first.
  private func credentials(_ name: String, cameBy: [String]) async throws(Reason) -> AWSCredentials {
    let settings = files.profiles[name] ?? [:]
    let isSource = !cameBy.isEmpty
    // A source's own keys come before its role: so AWS's SDKs have it, and a role needs no second profile.
    if isSource, let keys = try keys(settings, name) { return keys }
    if settings["role_arn"] != nil, settings["web_identity_token_file"] == nil {
      return try await role(settings, name, cameBy: cameBy)
    }
    if let role = settings["role_arn"], let file = settings["web_identity_token_file"] {
      return try await tokenService(settings).assume(
        .init(arn: role, sessionName: settings["role_session_name"]), tokenFile: file)
    }
    if settings["web_identity_token_file"] != nil { throw .missingSetting("role_arn", profile: name) }
    if let signOn = try singleSignOn(settings, name) { return try await signOn.credentials() }
    if let keys = try keys(settings, name) { return keys }
    if settings["login_session"] != nil { throw .unsupported("login_session", profile: name) }
    guard let command = settings["credential_process"] else { throw .nothingInProfile(name) }
    return try await CredentialProcess(surroundings: surroundings, profile: name, command: command)
      .credentials()
  }

  private func keys(_ settings: Settings, _ name: String) throws(Reason) -> AWSCredentials? {
    let id = settings["aws_access_key_id"].flatMap { $0.isEmpty ? nil : $0 }
    let secret = settings["aws_secret_access_key"].flatMap { $0.isEmpty ? nil : $0 }
    switch (id, secret) {
    case (nil, nil): return nil
    case (nil, _): throw .missingSetting("aws_access_key_id", profile: name)
    case (_, nil): throw .missingSetting("aws_secret_access_key", profile: name)
    case (let id?, let secret?):
      let token = settings["aws_session_token"].flatMap { $0.isEmpty ? nil : $0 }
      return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
    }
  }

  /// STS in the region of the environment, else of the profile.
  private func tokenService(_ settings: Settings) throws(Reason) -> SecurityTokenService {
    let region = region ?? settings["region"].flatMap { $0.isEmpty ? nil : $0 }
    return try SecurityTokenService(surroundings: surroundings, checking: region)
  }
}

// MARK: Roles

extension ProfileCredentials {
  private func role(_ settings: Settings, _ name: String, cameBy: [String]) async throws(Reason)
    -> AWSCredentials
  {
    let service = try tokenService(settings)
    let role = try roleSettings(settings, name)
    switch (settings["source_profile"], settings["credential_source"]) {
    case (nil, nil): throw .missingSetting("source_profile or credential_source", profile: name)
    case (_?, _?): throw .twoSettings("source_profile", "credential_source", profile: name)
    case (let source?, nil):
      return try await service.assume(role, with: try await self.source(source, of: name, cameBy: cameBy))
    case (nil, let named?):
      return try await service.assume(role, with: try await self.named(named, of: name))
    }
  }

  private func source(_ source: String, of name: String, cameBy: [String]) async throws(Reason)
    -> AWSCredentials
  {
    guard let settings = files.profiles[source] else {
      throw .danglingReference("source_profile", profile: name)
    }
    let way = cameBy + [name]
    // A profile may name itself: its own keys are meant.
    if source == name, let keys = try keys(settings, source) { return keys }
    guard !way.contains(source) else { throw .loop(way + [source]) }
    return try await credentials(source, cameBy: way)
  }

  private func named(_ source: String, of name: String) async throws(Reason) -> AWSCredentials {
    let metadata = MetadataCredentials(surroundings: surroundings)
    switch source {
    case "Environment": return try EnvironmentCredentials(surroundings: surroundings).credentials()
    case "Ec2InstanceMetadata": return try await metadata.instance()
    case "EcsContainer": return try await metadata.container()
    default:
      throw .badValue(
        "credential_source of '\(name)'", needed: "Environment, Ec2InstanceMetadata or EcsContainer")
    }
  }

  private func roleSettings(_ settings: Settings, _ name: String) throws(Reason) -> SecurityTokenService.Role
  {
    if settings["mfa_serial"] != nil { throw .unsupported("mfa_serial", profile: name) }
    var role = SecurityTokenService.Role(
      arn: settings["role_arn"] ?? "", sessionName: settings["role_session_name"],
      externalID: settings["external_id"])
    guard let text = settings["duration_seconds"] else { return role }
    guard let seconds = Int(text), seconds > 0 else {
      throw .badValue("duration_seconds of '\(name)'", needed: "a whole number of seconds")
    }
    role.durationSeconds = seconds
    return role
  }
}

// MARK: Single sign-on

extension ProfileCredentials {
  /// Nil when the profile names no role for it; a session alone is for other uses of its token.
  private func singleSignOn(_ settings: Settings, _ name: String) throws(Reason) -> SingleSignOn? {
    guard settings["sso_account_id"] != nil || settings["sso_role_name"] != nil else { return nil }
    var place = settings
    if let session = settings["sso_session"] {
      guard let shared = files.sessions[session] else {
        throw .danglingReference("sso_session", profile: name)
      }
      place.merge(shared) { $1 }
    }
    let setting = { (key: String) throws(Reason) -> String in
      guard let value = place[key], !value.isEmpty else { throw .missingSetting(key, profile: name) }
      return value
    }
    let startURL = try setting("sso_start_url")
    let region = try setting("sso_region")
    guard AWSRegion.isWellFormed(region) else {
      throw .badValue("sso_region of '\(name)'", needed: AWSRegion.form)
    }
    return SingleSignOn(
      surroundings: surroundings, profile: name, accountID: try setting("sso_account_id"),
      roleName: try setting("sso_role_name"), region: region, cacheKey: settings["sso_session"] ?? startURL)
  }
}
