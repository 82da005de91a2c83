/// Who made a signature, as `ssh-keygen` found by the allowed-signers file.
public struct VerifiedSigner: Hashable, Codable, Sendable {
  /// The identities under which the allowed-signers file lists the key and under which the signature holds; not empty.
  public let principals: [String]
  /// The key's fingerprint, `SHA256:…`; that of a certificate is its key's.
  public let fingerprint: String

  /// A signer.
  public init(principals: [String], fingerprint: String) {
    (self.principals, self.fingerprint) = (principals, fingerprint)
  }
}
