/// The lines of an allowed-signers file (ssh-keygen(1), "ALLOWED SIGNERS") that may be about one signature's key.
///
/// `ssh-keygen -Y find-principals` stops at the first line that names the key, though a later one may allow our
/// namespace or be valid now. So it is asked about one line at a time, and this picks the lines worth asking about.
struct AllowedSigners {
  struct Line: Hashable {
    /// Its number in the file, from 1.
    let number: Int
    let text: String
  }

  /// Lines in the order of the file.
  let lines: [Line]

  init(_ text: String, for signature: SSHSignature) {
    let key = signature.publicKeyText
    // By bytes: in a string, a carriage return and a line feed are one character, and no line feed.
    let all = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines = all.enumerated().compactMap { number, bytes in
      let content = String(decoding: bytes, as: UTF8.self)
      let isAuthority = signature.isByCertificate && content.lowercased().contains("cert-authority")
      guard isAuthority || content.contains(key) else { return nil }
      return Line(number: number + 1, text: content + "\n")
    }
  }
}
