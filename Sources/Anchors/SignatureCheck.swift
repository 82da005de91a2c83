import Foundation

/// The check of one signature against the lines of an allowed-signers file.
struct SignatureCheck {
  let keygen: SSHKeygen
  /// As the caller named it, for messages.
  let allowedSigners: String
  let revoked: String?
  let fingerprint: String
  let files: TemporaryFiles
  /// Paths of the copies that are used.
  let text: String
  let signature: String
  let revocations: String?
  let time: Date?

  /// The signer, by all lines that allow the signature; else why the last line that names the key does not.
  func signer(by lines: [AllowedSigners.Line]) async throws -> VerifiedSigner {
    var principals: [String] = []
    var refusal = SSHSignatureError.noPrincipal(fingerprint: fingerprint, path: allowedSigners)
    for line in lines {
      let path = try files.write("allowed", Array(line.text.utf8))
      do {
        principals += try await accepted(path, line.number).filter { !principals.contains($0) }
      } catch let error as SSHSignatureError {
        guard case .notAllowed = error else { throw error }
        refusal = error
      }
    }
    guard !principals.isEmpty else { throw refusal }
    return VerifiedSigner(principals: principals, fingerprint: fingerprint)
  }

  /// The identities of one line under which the signature holds.
  private func accepted(_ list: String, _ number: Int) async throws -> [String] {
    let found = try await run(["-Y", "find-principals", "-s", signature, "-f", list], input: "/dev/null")
    guard found.hasSucceeded else { return try refused(found.errors, number) }
    var accepted: [String] = []
    // An identity that begins with ! is one that the line excludes.
    let principals = found.output.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("!") }
    for principal in principals.map(String.init) where try await holds(for: principal, list, number) {
      accepted.append(principal)
    }
    return accepted
  }

  private func holds(for principal: String, _ list: String, _ number: Int) async throws -> Bool {
    let verified = try await verify(principal, list, revocations)
    if verified.hasSucceeded {
      return SSHKeygenReply.signerFingerprint(verified.output) == fingerprint
    }
    if SSHKeygenReply.isWrongSignature(verified.errors) {
      throw SSHSignatureError.wrongSignature(fingerprint: fingerprint)
    }
    // ssh-keygen does not say that a key is revoked, but without the list it then accepts the signature.
    if let revoked, try await verify(principal, list, nil).hasSucceeded {
      throw SSHSignatureError.revoked(fingerprint: fingerprint, list: revoked)
    }
    return try !refused(verified.errors, number).isEmpty
  }

  /// Throws why the line doesn't allow the signature; nothing is accepted where it isn't about the key at all.
  private func refused(_ errors: String, _ number: Int) throws -> [String] {
    guard let fault = SSHKeygenReply.signerFault(errors) else { return [] }
    throw SSHSignatureError.notAllowed(
      fingerprint: fingerprint, path: allowedSigners, line: number, fault)
  }

  private func verify(
    _ principal: String, _ list: String, _ revocations: String?
  ) async throws -> SSHKeygenProcess.Outcome {
    let list = ["-Y", "verify", "-f", list, "-I", principal, "-n", SSHSignature.namespace, "-s", signature]
    return try await run(list + (revocations.map { ["-r", $0] } ?? []), input: text)
  }

  private func run(_ arguments: [String], input: String) async throws -> SSHKeygenProcess.Outcome {
    try await keygen.run(arguments + verifyTime, input: input)
  }

  /// In UTC: that is what the Z means.
  private var verifyTime: [String] {
    guard let time else { return [] }
    let parts = Calendar(identifier: .gregorian).dateComponents(in: .gmt, from: time)
    let digits = [parts.month, parts.day, parts.hour, parts.minute, parts.second].map { number in
      let text = String(number ?? 0)
      return text.utf8.count < 2 ? "0" + text : text
    }
    return ["-O", "verify-time=\(parts.year ?? 0)\(digits.joined())Z"]
  }
}
