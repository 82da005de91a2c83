/// Why bytes could not be signed, or why a signature is not accepted. Facts here, words in `description`.
package enum SSHSignatureError: Error, Hashable, Sendable {
  /// `ssh-keygen` is in no folder of PATH.
  case notInstalled
  /// The key can't be used for signing.
  case keyUnusable(path: String, KeyFault)
  /// The text is not a signature.
  case malformed(SignatureFault)
  /// The signature was made for another purpose.
  case otherNamespace(String)
  /// The allowed-signers file, or the list of revoked keys, can't be read.
  case fileUnreadable(path: String, role: FileRole, reason: String)
  /// The allowed-signers file does not list the key.
  case noPrincipal(fingerprint: String, path: String)
  /// The allowed-signers file lists the key in that line, which does not allow it for this use.
  case notAllowed(fingerprint: String, path: String, line: Int, SignerFault)
  /// The key is allowed, and the signature is not one of these bytes.
  case wrongSignature(fingerprint: String)
  /// The key has been revoked.
  case revoked(fingerprint: String, list: String)
  /// `ssh-keygen` did not end in so many seconds, and was killed.
  case timedOut(seconds: Int)
  /// A temporary file could not be written.
  case noTemporaryFile(reason: String)
  /// `ssh-keygen` failed in another way; the last line of what it said.
  case failed(String)

  /// Why a key can't be used for signing.
  package enum KeyFault: Hashable, Sendable {
    /// There is no such file, or it is not a regular one that we may read.
    case unreadable(String)
    /// Others may read the file, so `ssh-keygen` refuses it.
    case openToOthers
    /// It has a passphrase, which was wrong or which nobody was there to type.
    case passphrase
    /// It is not a key that `ssh-keygen` can use.
    case notAKey
    /// It is a public key, and neither an agent nor a file beside it has the private one.
    case noPrivateKey
  }

  /// Why a text is not a signature.
  package enum SignatureFault: Hashable, Sendable {
    /// It is longer than a signature can be.
    case tooLong
    /// It does not begin and end as one.
    case noFrame
    /// What stands between is not base64.
    case notBase64
    /// The bytes are not those of a signature that we know.
    case unknownContent
  }

  /// Why a line of the allowed-signers file does not allow a signature.
  package enum SignerFault: Hashable, Sendable {
    /// The line is for other namespaces.
    case namespace
    /// Its `valid-before` has passed.
    case expired
    /// Its `valid-after` is still to come.
    case notYetValid
    /// The certificate does not fit the line: it has expired, or is for others.
    case certificate
    /// `ssh-keygen` can't read the line.
    case unreadable
  }

  /// What a file is for.
  package enum FileRole: String, Hashable, Sendable {
    /// The list of those whose signatures are accepted.
    case allowedSigners = "allowed-signers file"
    /// The list of keys that are accepted no longer.
    case revokedKeys = "list of revoked keys"
  }
}
