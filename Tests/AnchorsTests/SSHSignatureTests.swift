import Testing

@testable import DynamoJournalAnchors

@Suite("Signatures as text")
struct SSHSignatureTests {
  /// Made with `ssh-keygen -Y sign -n sparta-journal` and a key that was thrown away.
  static let text = """
    -----BEGIN SSH SIGNATURE-----
    U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgHgneaDW00MON4cff8yIWxAiCYa
    pt9Nrc3df2sGNIQskAAAAOc3BhcnRhLWpvdXJuYWwAAAAAAAAABnNoYTUxMgAAAFMAAAAL
    c3NoLWVkMjU1MTkAAABA/CYsm0xPQ6NW4xaqtGwH7LM3P8k5TzPa74iF1GxoPAOxJXhyrE
    7Hnc3BR+VMpFBwqy0wmUDWd2iVFg0a0IoMDg==
    -----END SSH SIGNATURE-----

    """

  @Test("name their key and namespace")
  func reads() throws {
    let signature = try SSHSignature(armored: Self.text)
    #expect(signature.namespace == "sparta-journal")
    let key = "AAAAC3NzaC1lZDI1NTE5AAAAIB4J3mg1tNDDjeHH3/MiFsQIgmGqbfTa3N3X9rBjSELJ"
    #expect(signature.publicKeyLine == "ssh-ed25519 " + key)
    #expect(signature.text == Self.text)
    #expect(try SSHSignature(armored: String(Self.text.dropLast())) == signature)
    #expect(!signature.isByCertificate)
  }

  @Test("with anything around them are refused")
  func frame() {
    for text in [
      "", "\n", "x" + Self.text, Self.text + "x", Self.text + "\n", "\n" + Self.text,
      Self.text.replacing("\n", with: "\r\n"),
      "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
    ] {
      #expect(throws: SSHSignatureError.malformed(.noFrame)) { try SSHSignature(armored: text) }
    }
  }

  @Test("that are two at once are refused")
  func two() {
    #expect(throws: SSHSignatureError.malformed(.notBase64)) {
      try SSHSignature(armored: Self.text + Self.text)
    }
  }

  @Test(
    "that are cut, or are something else, are refused",
    arguments: [
      ("AAAA", SSHSignatureError.SignatureFault.unknownContent),
      ("U1NIU0lHAAAAAQ==", .unknownContent),  // ends behind the version
      ("U1NIU0lHAAAAAgAAAAFhAAAAAWE=", .unknownContent),  // version 2
      ("U1NIU0lHAAAAAQAAAAFhAAAABXM=", .unknownContent),  // ends within the namespace
      ("U1NIU0lHAAAAAf////8=", .unknownContent),  // a key of 4 GB
      ("U1NIU0lH*", .notBase64),
    ])
  func content(base64: String, fault: SSHSignatureError.SignatureFault) {
    let text = "-----BEGIN SSH SIGNATURE-----\n\(base64)\n-----END SSH SIGNATURE-----\n"
    #expect(throws: SSHSignatureError.malformed(fault)) { try SSHSignature(armored: text) }
  }

  @Test("longer than any are refused")
  func length() {
    #expect(throws: SSHSignatureError.malformed(.tooLong)) {
      try SSHSignature(armored: String(repeating: "A", count: 65_537))
    }
  }
}
