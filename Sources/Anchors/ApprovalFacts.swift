/// An operating system's account on a machine.
package struct AccountFacts: Hashable, Sendable {
  /// The account's number.
  package let uid: UInt32
  /// The account's name.
  package let user: String
  /// The machine.
  package let host: String

  /// An account.
  package init(uid: UInt32, user: String, host: String) {
    (self.uid, self.user, self.host) = (uid, user, host)
  }

  /// Whether both are one account: on the same machine, with the same number or the same name.
  func isSame(as other: AccountFacts) -> Bool {
    host.lowercased() == other.host.lowercased() && (uid == other.uid || user == other.user)
  }
}

/// A signature under a plan that has been verified, and who brought it.
package struct VerifiedApproval: Hashable, Sendable {
  /// Whose key made it.
  package let signer: VerifiedSigner
  /// The account that put it into the journal.
  package let appendedBy: AccountFacts

  /// An approval.
  package init(signer: VerifiedSigner, appendedBy: AccountFacts) {
    (self.signer, self.appendedBy) = (signer, appendedBy)
  }
}

/// Who is about to apply a plan.
package struct Applier: Hashable, Sendable {
  /// The account that runs the program.
  package let account: AccountFacts
  /// Identities of the allowed-signers file that are the applier's own.
  package let principals: Set<String>
  /// Fingerprints of keys that are the applier's own.
  package let fingerprints: Set<String>

  /// Who applies.
  package init(account: AccountFacts, principals: Set<String> = [], fingerprints: Set<String> = []) {
    (self.account, self.principals, self.fingerprints) = (account, principals, fingerprints)
  }
}
