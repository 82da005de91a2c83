/// Who runs this process: the operating system's account, which the system vouches for, and claims beside it.
package struct OperatorAccount: Hashable, Codable, Sendable {
  /// The number of the real user.
  package let uid: UInt32
  /// The account's name in the system's database of users; its number where it has none. Never what `$USER` says.
  package let user: String
  /// The host's name.
  package let host: String
  /// What the environment says about whoever stands behind the account, which anybody who starts the program can set:
  /// `sudo` is who called it by sudo, `ci` the job and the person that a CI service names.
  package let claims: [String: String]

  /// An account.
  package init(uid: UInt32, user: String, host: String, claims: [String: String] = [:]) {
    (self.uid, self.user, self.host, self.claims) = (uid, user, host, claims)
  }

  /// The account of that number on this machine, whoever it says that it is; what it claims is cut to what may be shown.
  package static func of(uid: UInt32, claiming account: OperatorAccount) -> OperatorAccount {
    OperatorAccount(
      uid: uid, user: SystemAccount.name(of: uid).map { ClaimText.shown($0) } ?? String(uid),
      host: ClaimText.shown(account.host), claims: account.claims.mapValues { ClaimText.shown($0) })
  }

  /// The account of this process.
  ///
  /// - Parameter environment: the process's variables, for the claims alone.
  package static func current(environment: [String: String]) -> OperatorAccount {
    let uid = SystemAccount.realUserID
    return OperatorAccount(
      uid: uid, user: SystemAccount.name(of: uid).map { ClaimText.shown($0) } ?? String(uid),
      host: ClaimText.shown(SystemAccount.host), claims: OperatorClaims.all(in: environment))
  }
}
