/// An operating system's account on a machine.
public struct AccountFacts: Hashable, Sendable {
  /// The account's number.
  public let uid: UInt32
  /// The account's name.
  public let user: String
  /// The machine.
  public let host: String

  /// An account.
  public init(uid: UInt32, user: String, host: String) {
    (self.uid, self.user, self.host) = (uid, user, host)
  }

  /// Whether both are one account: on the same machine, with the same number or the same name.
  func isSame(as other: AccountFacts) -> Bool {
    host.lowercased() == other.host.lowercased() && (uid == other.uid || user == other.user)
  }
}

/// A signature under a plan that has been verified, and who brought it.
public struct VerifiedApproval: Hashable, Sendable {
  /// Whose key made it.
  public let signer: VerifiedSigner
  /// The account that put it into the journal.
  public let appendedBy: AccountFacts

  /// An approval.
  public init(signer: VerifiedSigner, appendedBy: AccountFacts) {
    (self.signer, self.appendedBy) = (signer, appendedBy)
  }
}

/// Who is about to apply a plan.
public struct Applier: Hashable, Sendable {
  /// The account that runs the program.
  public let account: AccountFacts
  /// Identities of the allowed-signers file that are the applier's own.
  public let principals: Set<String>
  /// Fingerprints of keys that are the applier's own.
  public let fingerprints: Set<String>

  /// Who applies.
  public init(account: AccountFacts, principals: Set<String> = [], fingerprints: Set<String> = []) {
    (self.account, self.principals, self.fingerprints) = (account, principals, fingerprints)
  }
}
