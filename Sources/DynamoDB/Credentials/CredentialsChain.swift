/// The order of the sources, and what each of them gives: that of AWS's SDKs
/// (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
///
/// A source that is not set up is passed over; one that is set up and fails ends the search, since whoever set it up
/// did not mean the credentials of another.
struct CredentialsChain: Sendable {
  typealias Source = CredentialsError.Source
  typealias Reason = CredentialsError.Reason

  let explicit: AWSCredentials?
  /// The profile that the user asked for on the command line; then no other source counts.
  let profile: String?
  /// For STS.
  let region: String?
  let surroundings: CredentialsSurroundings

  /// The sources to try, in their order.
  var sources: [Source] {
    if explicit != nil { return [.explicit] }
    if let profile { return [.profile(profile)] }
    let named = surroundings.settings.profileName
    return [.environment, .webIdentity, .profile(named), .container, .instanceMetadata]
  }

  /// The first credentials found, and where.
  func find() async throws(CredentialsError) -> (Source, AWSCredentials) {
    var attempts: [CredentialsError.Attempt] = []
    for source in sources {
      do throws(Reason) {
        return (source, try await credentials(source))
      } catch {
        attempts.append(.init(source, error))
        guard isPassedOver(source, error) else { throw CredentialsError(attempts, stoppedAtFailure: true) }
      }
    }
    throw CredentialsError(attempts, stoppedAtFailure: false)
  }

  /// Credentials of one source, valid now.
  func credentials(_ source: Source) async throws(Reason) -> AWSCredentials {
    let credentials = try await fetch(source)
    if let expiry = credentials.expiresAt, expiry <= surroundings.now() { throw .expired }
    return credentials
  }

  private func fetch(_ source: Source) async throws(Reason) -> AWSCredentials {
    let metadata = MetadataCredentials(surroundings: surroundings)
    switch source {
    case .explicit:
      // It is a source only when it was given.
      guard let explicit else { throw .refusedByServer }
      return explicit
    case .environment: return try EnvironmentCredentials(surroundings: surroundings).credentials()
    case .webIdentity: return try await webIdentity()
    case .profile(let name): return try await profile(name)
    case .container: return try await metadata.container()
    case .instanceMetadata: return try await metadata.instance()
    }
  }

  private func isPassedOver(_ source: Source, _ reason: Reason) -> Bool {
    switch (source, reason) {
    case (_, .stopped): false
    // Whether there is such a service is what was asked.
    case (.instanceMetadata, _): true
    case (.environment, .notSet), (.webIdentity, .notSet), (.container, .notSet): true
    // Nobody asked for this profile, and it leads nowhere. A source profile that is empty is another matter.
    case (.profile("default"), .nothingInProfile("default")): !isProfileNamed
    default: false
    }
  }

  private var isProfileNamed: Bool {
    profile != nil || surroundings.variable("AWS_PROFILE") != nil
      || surroundings.variable("AWS_DEFAULT_PROFILE") != nil
  }

  private func webIdentity() async throws(Reason) -> AWSCredentials {
    let file = "AWS_WEB_IDENTITY_TOKEN_FILE"
    guard let path = surroundings.variable(file) else { throw .notSet(file) }
    guard let role = surroundings.variable("AWS_ROLE_ARN") else {
      throw .onlyOneSet(file, missing: "AWS_ROLE_ARN")
    }
    let region = region ?? AWSRegion.variable(in: surroundings)
    let service = try SecurityTokenService(surroundings: surroundings, checking: region)
    return try await service.assume(
      .init(arn: role, sessionName: surroundings.variable("AWS_ROLE_SESSION_NAME")), tokenFile: path)
  }

  private func profile(_ name: String) async throws(Reason) -> AWSCredentials {
    let files = try SharedFiles(surroundings.settings)
    if isProfileNamed, files.profiles[name] == nil { throw .noSuchProfile }
    let region = region ?? AWSRegion.variable(in: surroundings)
    return try await ProfileCredentials(files: files, surroundings: surroundings, region: region)
      .credentials(name)
  }
}
