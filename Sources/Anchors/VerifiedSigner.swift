/// Who made a signature, as `ssh-keygen` found by the allowed-signers file.
package struct VerifiedSigner: Hashable, Codable, Sendable {
  /// The identities under which the allowed-signers file lists the key and under which the signature holds; not empty.
  package let principals: [String]
  /// The key's fingerprint, `SHA256:…`; that of a certificate is its key's.
  package let fingerprint: String

  /// A signer.
  package init(principals: [String], fingerprint: String) {
    (self.principals, self.fingerprint) = (principals, fingerprint)
  }
}
