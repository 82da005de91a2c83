/// Credentials from where AWS's SDKs look for them, kept and refreshed.
///
/// They are kept until five minutes before they expire. Callers that come while a refresh is under way wait for the
/// same one. When it fails, those that are still valid stay in use, and it is tried again after half a minute. Once a
/// source has given credentials, a refresh asks that source alone: a run doesn't change its identity.
package actor DefaultCredentials: CredentialsSource {
  /// So long before they expire, in seconds, are credentials refreshed.
  package static let refreshWindow: Int64 = 300
  /// So long after a refresh that failed or brought short-lived credentials is the next one, in seconds.
  static let pauseBetweenRefreshes: Int64 = 30

  private let chain: CredentialsChain
  private var source: CredentialsError.Source?
  private var kept: AWSCredentials?
  private var refused: AWSCredentials?
  private var refresh: Task<AWSCredentials, any Error>?
  private var noRefreshBefore = Int64.min
  /// How many callers wait for the refresh that is under way.
  private(set) var waiters = 0

  /// Credentials for one target.
  ///
  /// - Parameters:
  ///   - explicit: keys that the user gave; then nothing is looked for.
  ///   - profile: the profile that the user asked for; then the environment and the machine are not asked.
  ///   - region: where STS is asked for roles; the environment's or the profile's region when nil.
  package init(
    explicit: AWSCredentials? = nil, profile: String? = nil, region: String? = nil,
    surroundings: CredentialsSurroundings
  ) {
    chain = CredentialsChain(explicit: explicit, profile: profile, region: region, surroundings: surroundings)
  }

  /// Where the credentials come from, once there are some: for a line such as `credentials: profile 'prod'`.
  package var foundIn: CredentialsError.Source? { source }

  /// Credentials that are valid now; throws `CredentialsError`, or `CancellationError` when somebody asked to stop.
  package func credentials() async throws -> AWSCredentials {
    if let usable, !isRefreshDue(usable) { return usable }
    do {
      return try await refreshed()
    } catch {
      if let usable { return usable }
      if (error as? CredentialsError)?.attempts.last?.reason == .stopped { throw CancellationError() }
      throw error
    }
  }

  /// Drops these credentials if they are still the ones in use.
  package func invalidate(_ refused: AWSCredentials) {
    self.refused = refused
    if kept == refused { kept = nil }
  }
}

// MARK: Refresh

extension DefaultCredentials {
  private var now: Int64 { chain.surroundings.now() }

  /// What is kept, if it is still valid.
  private var usable: AWSCredentials? {
    guard let kept, kept.expiresAt.map({ $0 > now }) ?? true else { return nil }
    return kept
  }

  private func isRefreshDue(_ credentials: AWSCredentials) -> Bool {
    guard let expiry = credentials.expiresAt else { return false }
    return expiry - now <= Self.refreshWindow && now >= noRefreshBefore
  }

  private func refreshed() async throws -> AWSCredentials {
    waiters += 1
    defer { waiters -= 1 }
    if let refresh { return try await refresh.value }
    // Not a child of the caller's task: others wait for it too, and one that is cancelled must not end it for them.
    let task = Task { try await fetch() }
    refresh = task
    return try await task.value
  }

  private func fetch() async throws -> AWSCredentials {
    defer {
      refresh = nil
      noRefreshBefore = now + Self.pauseBetweenRefreshes
    }
    let (source, fetched) = try await find()
    guard fetched != refused else {
      throw CredentialsError([.init(source, .refusedByServer)], stoppedAtFailure: true)
    }
    self.source = source
    kept = fetched
    return fetched
  }

  private func find() async throws(CredentialsError) -> (CredentialsError.Source, AWSCredentials) {
    guard let source else { return try await chain.find() }
    do throws(CredentialsError.Reason) {
      return (source, try await chain.credentials(source))
    } catch {
      throw CredentialsError([.init(source, error)], stoppedAtFailure: true)
    }
  }
}
