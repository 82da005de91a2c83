import DynamoJournalProgram
import Foundation

/// A signature as `ssh-keygen -Y sign` writes it, in the form PROTOCOL.sshsig of OpenSSH
/// (https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig).
///
/// A value of this type is well formed; whether the signature holds is for `SSHKeygen.verify` to say.
package struct SSHSignature: Hashable, Sendable {
  /// The namespace of everything that this program has signed: a signature for another purpose is refused.
  package static let namespace = Formats.signatureNamespace
  /// The longest text that is read, in bytes: one by a certificate with large RSA keys has about 6,000.
  static let maximumLength = 64 * 1024
  private static let begin = "-----BEGIN SSH SIGNATURE-----"
  private static let end = "-----END SSH SIGNATURE-----"

  /// The armored text, its lines ended by line feeds. Not secret.
  package let text: String
  /// The key that it says it was made with, in the form of RFC 4253, section 6.6.
  let publicKey: [UInt8]
  /// The namespace that it says it was made for.
  let namespace: String

  /// Reads a signature.
  ///
  /// - Parameter text: the armored text and nothing else; the last line feed may be missing.
  /// - Throws: `SSHSignatureError.malformed`.
  package init(armored text: String) throws(SSHSignatureError) {
    guard text.utf8.count <= Self.maximumLength else { throw .malformed(.tooLong) }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    guard lines.count >= 3, lines[0] == Self.begin, lines[lines.count - 1] == Self.end else {
      throw .malformed(.noFrame)
    }
    guard let data = Data(base64Encoded: lines[1..<(lines.count - 1)].joined()) else {
      throw .malformed(.notBase64)
    }
    var reader = SSHWireReader([UInt8](data))
    guard reader.take("SSHSIG"), reader.number() == 1, let publicKey = reader.string(),
      let namespace = reader.string()
    else { throw .malformed(.unknownContent) }
    self.text = lines.joined(separator: "\n") + "\n"
    self.publicKey = publicKey
    self.namespace = String(decoding: namespace, as: UTF8.self)
  }

  /// The key as it stands in a file of keys: base64 of its bytes.
  var publicKeyText: String { Data(publicKey).base64EncodedString() }

  /// The key as a line of a file of keys: its kind, and the rest in base64.
  var publicKeyLine: String { keyKind + " " + publicKeyText }

  /// Whether the key is a certificate, which the allowed-signers file names by the authority that issued it.
  var isByCertificate: Bool { keyKind.hasSuffix("-cert-v01@openssh.com") }

  private var keyKind: String {
    var reader = SSHWireReader(publicKey)
    return reader.string().map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

/// Reads the data types of RFC 4251, section 5.
struct SSHWireReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// Takes these bytes, if they come next.
  mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  mutating func number() -> UInt32? {
    guard rest.count >= 4 else { return nil }
    defer { rest = rest.dropFirst(4) }
    return rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func string() -> [UInt8]? {
    guard let count = number(), rest.count >= Int(count) else { return nil }
    defer { rest = rest.dropFirst(Int(count)) }
    return Array(rest.prefix(Int(count)))
  }
}
