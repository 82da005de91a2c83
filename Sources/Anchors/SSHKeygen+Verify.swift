import Foundation

extension SSHKeygen {
  /// Finds who made a signature by an allowed-signers file (ssh-keygen(1), "ALLOWED SIGNERS"), and that it holds.
  ///
  /// - Parameters:
  ///   - bytes: what was signed.
  ///   - allowedSigners: the path of the file; its periods and namespaces are respected. It is read once.
  ///   - revoked: the path of a list of keys that are accepted no longer, or nil.
  ///   - time: when the key has to be valid; nil for now. Where the time is only what a journal says, somebody who rewrites
  ///     the journal can choose it. Needs OpenSSH 9.1.
  /// - Returns: all identities under which the signature holds.
  /// - Throws: `SSHSignatureError`; `CancellationError`.
  package func verify(
    _ bytes: [UInt8], _ signature: SSHSignature, allowedSigners: String, revoked: String? = nil,
    at time: Date? = nil
  ) async throws -> VerifiedSigner {
    guard signature.namespace == SSHSignature.namespace else {
      throw SSHSignatureError.otherNamespace(signature.namespace)
    }
    let list = try Self.read(allowedSigners, .allowedSigners)
    let lines = AllowedSigners(String(decoding: list, as: UTF8.self), for: signature).lines
    let revocations = try revoked.map { try Self.read($0, .revokedKeys) }
    return try await TemporaryFiles.with { files in
      let check = SignatureCheck(
        keygen: self, allowedSigners: allowedSigners, revoked: revoked,
        fingerprint: try await fingerprint(of: signature, files),
        files: files, text: try files.write("text", bytes),
        signature: try files.write("signature", Array(signature.text.utf8)),
        revocations: try revocations.map { try files.write("revoked", $0) }, time: time)
      return try await check.signer(by: lines)
    }
  }

  private static func read(_ path: String, _ role: SSHSignatureError.FileRole) throws -> [UInt8] {
    switch Platform.content(of: path, limit: 8 << 20) {
    case .success(let bytes): return bytes
    case .failure(let reason):
      throw SSHSignatureError.fileUnreadable(path: path, role: role, reason: reason.text)
    }
  }

  /// The fingerprint of the key that a signature names, before anything is known about it.
  private func fingerprint(of signature: SSHSignature, _ files: TemporaryFiles) async throws -> String {
    let path = try files.write("key.pub", Array((signature.publicKeyLine + "\n").utf8))
    do {
      return try await fingerprint(ofKey: path)
    } catch SSHSignatureError.keyUnusable {
      throw SSHSignatureError.malformed(.unknownContent)
    }
  }
}
