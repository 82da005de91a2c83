import DynamoJournalProgram

extension SSHSignatureError: ExplainedError {
  package var errorClass: ErrorClass { .validation }

  /// What happened, and what to do.
  package var explanation: Explanation {
    switch self {
    case .notInstalled:
      Explanation(
        "the program ssh-keygen is not installed, so nothing can be signed or checked",
        "install the package openssh-client (Debian, Ubuntu) or openssh-clients (Fedora, Red Hat)")
    case .keyUnusable(let path, let fault):
      Explanation(
        "nothing was signed: the key \(Visible.quoted(path)) \(fault.explanation.problem)",
        fault.explanation.remedy)
    case .malformed(let fault):
      Explanation(
        "the signature was not accepted: \(fault.words)",
        "give the text that ssh-keygen -Y sign wrote, unchanged")
    case .otherNamespace(let namespace):
      Explanation(
        "the signature was not accepted: it was made for \(Visible.quoted(namespace)) and not for '\(SSHSignature.namespace)'",
        "sign again with ssh-keygen -Y sign -n \(SSHSignature.namespace)")
    case .fileUnreadable(let path, let role, let reason):
      Explanation(
        "the \(role.rawValue) \(Visible.quoted(path)) can't be read (\(reason)), so no signature was accepted",
        "check its name and permissions")
    case .noPrincipal(let fingerprint, let path):
      Explanation(
        "the signature was not accepted: \(Visible.quoted(path)) does not list the key \(fingerprint)",
        "add a line with its owner's identity and public key, if you trust it")
    case .notAllowed(let fingerprint, let path, let line, let fault):
      Explanation(
        "the signature was not accepted: line \(line) of \(Visible.quoted(path)) lists the key \(fingerprint), but \(fault.explanation.problem)",
        fault.explanation.remedy)
    case .wrongSignature(let fingerprint):
      Explanation(
        "the signature was not accepted: it is by the key \(fingerprint), but of another text, so the text or the signature was changed since",
        "get both again from where they were kept")
    case .revoked(let fingerprint, let list):
      Explanation(
        "the signature was not accepted: the key \(fingerprint) is revoked by \(Visible.quoted(list)), or that file is not a list of keys",
        "have it signed with another key")
    case .timedOut(let seconds):
      Explanation(
        "ssh-keygen did not answer within \(Plural.count(Int(seconds), "second")) and was stopped; nothing was signed or accepted",
        "try again, and type the passphrase or touch the security key when asked")
    case .noTemporaryFile(let reason):
      Explanation(
        "nothing was signed or checked: a temporary file can't be written (\(reason))",
        "free some space, or name another folder with TMPDIR")
    case .failed(let message):
      Explanation(
        "nothing was signed or accepted: ssh-keygen failed (\(message))",
        "see that it is OpenSSH 8.2 or newer, with ssh -V")
    }
  }
}

extension SSHSignatureError.KeyFault {
  fileprivate var explanation: Explanation {
    switch self {
    case .unreadable(let reason):
      Explanation(
        "can't be read (\(reason))",
        "name the file of a private key, or of a public key whose private one an agent holds")
    case .openToOthers:
      Explanation(
        "may be read by others",
        "take their rights away with chmod 600, and think about whether somebody has it already")
    case .passphrase:
      Explanation(
        "has a passphrase, and the right one was not given",
        "type it on a terminal, or add the key to an agent with ssh-add")
    case .notAKey:
      Explanation(
        "is not a key that ssh-keygen can use",
        "name the file of a private key, or make one with ssh-keygen -t ed25519")
    case .noPrivateKey:
      Explanation(
        "is a public key without its private one", "add that to an agent with ssh-add, or name its file")
    }
  }
}

extension SSHSignatureError.SignatureFault {
  var words: String {
    switch self {
    case .tooLong: "it is longer than any signature"
    case .noFrame: "it does not begin and end as an SSH signature does, or its lines were converted"
    case .notBase64: "its lines are not base64"
    case .unknownContent: "its content is not an SSH signature of version 1"
    }
  }
}

extension SSHSignatureError.SignerFault {
  fileprivate var explanation: Explanation {
    switch self {
    case .namespace:
      Explanation(
        "not for this use: its namespaces leave out '\(SSHSignature.namespace)'",
        "add it there, if you trust the key for this")
    case .expired:
      Explanation("only until a date that has passed", "have it signed with a key that is still valid")
    case .notYetValid: Explanation("only from a date that is still to come")
    case .certificate:
      Explanation("the certificate has expired, or was issued for another identity", "sign with a valid one")
    case .unreadable:
      Explanation("ssh-keygen can't read that line", "see ssh-keygen(1), section ALLOWED SIGNERS")
    }
  }
}
