import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// Which target a command about a run goes to: the run's own, however it is reached from here.
struct RunTarget {
  private let common: CommonOptions
  private let variables: Variables

  init(_ common: CommonOptions, _ variables: Variables) {
    self.common = common
    self.variables = variables
  }

  /// The target of a run, or that of the options where no run is meant.
  ///
  /// - Throws: `Refusal` for a target that is not the run's own.
  func of(_ started: StartedDetail?) throws -> Target {
    guard let started else { return try common.target(variables) }
    let bound = try Target(started.target)
    guard case .local(let spelled) = bound else { return try server(bound, started) }
    let named = try common.target.map { try localPath($0, started) }
    guard let identity = started.identity, let location = started.location else {
      // A journal of format 1 knows the spelling alone.
      return .local(path: named ?? spelled)
    }
    let recorded = RecordedTarget(identity: identity, location: location, name: started.target)
    return .local(path: try recorded.path(named: named))
  }

  /// The tables of a run, for reading; one that is not the run's own store is refused.
  func open(_ started: StartedDetail) async throws -> any TableStore {
    let store = try await OpenTarget.open(of(started), common, variables, creating: false).store
    if let identity = started.identity, let difference = try await store.identity().difference(from: identity)
    {
      throw StoreError.targetChanged(difference)
    }
    return store
  }

  private func localPath(_ option: String, _ started: StartedDetail) throws -> String {
    if case .local(let path) = try Target(option) { return path }
    throw other(option, started)
  }

  /// What names the target, in words.
  func source(_ started: StartedDetail?) throws -> String {
    if let started, common.target == nil { return "of run \(started.run)" }
    return try ResolvedTarget.resolve(option: common.target, variables).source
  }

  private func server(_ bound: Target, _ started: StartedDetail) throws -> Target {
    guard let option = common.target else { return try named(bound) }
    let wanted = try Target(option)
    if case .aws = bound, wanted == .aws(nil) { return bound }
    guard wanted == bound else { throw other(option, started) }
    return wanted
  }

  /// A journal alone leads no credentials to a server of its own choice: somebody has to name it now.
  ///
  /// AWS itself is asked whose account it is, and a server on this machine gets made-up keys where no others are set.
  private func named(_ bound: Target) throws -> Target {
    guard case .endpoint(let url) = bound else { return bound }
    let hasKeys = common.connection.profile != nil || variables["AWS_ACCESS_KEY_ID"] != nil
    if bound.address?.isLoopback == true && !hasKeys { return bound }
    let now = try ResolvedTarget.resolve(option: nil, variables)
    if now.target == bound { return bound }
    throw Refusal(
      "the journal names \(url) as the target of the run, and \(now.source) names \(now.target.name); no credentials were sent and nothing was written",
      remedy: "if that server is right, add --target \(url)")
  }

  private func other(_ option: String, _ started: StartedDetail) -> Refusal {
    Refusal(
      "the run was started against \(SafeURL.text(started.target)), not \(SafeURL.text(option)), and nothing was written",
      remedy: "leave out --target")
  }

  /// Binds a store to the identity that a run was started with, or to its own for a new run: from here on each write compares.
  static func bind(_ store: any TableStore, to started: StartedDetail?) async throws -> TargetIdentity {
    let identity: TargetIdentity
    if let known = started?.identity { identity = known } else { identity = try await store.identity() }
    try await store.bind(to: identity)
    return identity
  }
}
