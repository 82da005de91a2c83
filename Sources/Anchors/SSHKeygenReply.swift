/// What `ssh-keygen` says, in our terms. Its words are those of OpenSSH 8.2 to 10; what is not known stays a failure.
enum SSHKeygenReply {
  /// Why a key could not be used, by what was said on standard error.
  static func keyFault(_ errors: String) -> SSHSignatureError.KeyFault? {
    let said = { (words: String) in errors.contains(words) }
    if said("are too open") { return .openToOthers }
    if said("incorrect passphrase") || said("read_passphrase") { return .passphrase }
    if said("No private key found") || said("agent refused") || said("communicate with agent") {
      return .noPrivateKey
    }
    if said("Couldn't load public key") || said("invalid format") || said("error in libcrypto") {
      return .notAKey
    }
    return nil
  }

  /// Why the one line that was asked about does not allow the signature.
  static func signerFault(_ errors: String) -> SSHSignatureError.SignerFault? {
    let said = { (words: String) in errors.contains(words) }
    if said("not permitted for use in signature namespace") { return .namespace }
    if said("key has expired") { return .expired }
    if said("key is not yet valid") { return .notYetValid }
    if said("no valid principals found") || said("Certificate") || said("certificate") { return .certificate }
    if said("bad options") || said("invalid key") || said("invalid options") { return .unreadable }
    return nil
  }

  /// Whether the key is right and the signature is not of these bytes.
  static func isWrongSignature(_ errors: String) -> Bool {
    errors.contains("incorrect signature") || errors.contains("Signature verification failed")
  }

  /// The fingerprint in `Good "…" signature for … with ED25519 key SHA256:…`: the last word, whatever identities look like.
  static func signerFingerprint(_ output: String) -> String? {
    fingerprint(output.split(whereSeparator: \.isWhitespace).last)
  }

  /// The fingerprint in `256 SHA256:… comment (ED25519)`: the second word, whatever the comment looks like.
  static func keyFingerprint(_ output: String) -> String? {
    fingerprint(output.split(whereSeparator: \.isWhitespace).dropFirst().first)
  }

  private static func fingerprint(_ word: Substring?) -> String? {
    word.flatMap { $0.hasPrefix("SHA256:") ? String($0) : nil }
  }

  /// The last line that was said, made visible, for a failure that is not known: the lines before it say what was tried.
  static func lastLine(_ errors: String) -> String {
    let line = errors.split(whereSeparator: \.isNewline).last.map(String.init) ?? "it gave no reason"
    return Visible.escaped(line, limit: 200)
  }
}
