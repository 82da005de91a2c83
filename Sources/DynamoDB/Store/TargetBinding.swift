import DynamoJournalTables

/// What a store is bound to, and what its tables' ARNs say of it.
///
/// An ARN is the only thing by which a server tells an account and a region. Stand-ins put a word of their own into the
/// place of the region, so what counts there is that it stays the same.
actor TargetBinding {
  /// Account and region in a table's ARN.
  struct Origin: Hashable, Sendable {
    let region: String
    let account: String

    /// Reads `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME`; nil for another form.
    ///
    /// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
    init?(_ arn: String) {
      let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      guard parts.count == 6, parts[0] == "arn", !parts[3].isEmpty, !parts[4].isEmpty else { return nil }
      (region, account) = (String(parts[3]), String(parts[4]))
    }
  }

  private(set) var identity: TargetIdentity?
  private var origin: Origin?
  private var key: String?

  /// Binds.
  ///
  /// - Parameter key: the id of the access key that the identity was looked at with.
  func bind(_ identity: TargetIdentity, key: String) {
    self.identity = identity
    self.key = key
    origin = nil
  }

  /// Whether the tables must be looked at once more: another access key may be another account's.
  func isNew(_ key: String) -> Bool { identity != nil && self.key != key }

  /// The tables were looked at with that key.
  func looked(with key: String) { self.key = key }

  /// Compares an ARN with what the store is bound to.
  ///
  /// - Parameter isServers: whether the server gave it, so that those after it must be alike.
  func compare(_ arn: String, isServers: Bool = true) throws(StoreError) {
    guard case .server(let server) = identity?.kind, let found = Origin(arn) else { return }
    if let account = server.account, account != found.account {
      throw .targetChanged("account \(found.account) instead of \(account)")
    }
    guard let origin else {
      if isServers { self.origin = found }
      return
    }
    guard found == origin else {
      throw .targetChanged(
        "a table of account \(found.account), region \(found.region) instead of account \(origin.account), region \(origin.region)"
      )
    }
  }
}
