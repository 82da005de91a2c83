import Foundation
import TestSupport
import Testing

@testable import DynamoJournalAnchors

@Suite("Verifying by ssh-keygen")
struct VerifyingTests {
  static let text = Array("a plan\n".utf8)

  @Test("finds the signer's identity and key")
  func finds() async throws {
    try await KeyFolder.with { keys in
      let signature = try await sign(keys)
      let allowed = try keys.write(
        "allowed", "# who may", "", "bob@x " + keys.publicKey("bob"),
        "ann@x,ann namespaces=\"file,sparta-journal\" " + keys.publicKey("ann"))
      let signer = try await verify(signature, allowed, keys)
      #expect(signer.principals == ["ann@x", "ann"])
      #expect(try await signer.fingerprint == tool(keys).fingerprint(ofKey: keys.path + "/ann.pub"))
    }
  }

  @Test("takes every line that allows it, also behind one that does not")
  func severalLines() async throws {
    try await KeyFolder.with { keys in
      let signature = try await sign(keys)
      let key = try keys.publicKey("ann")
      let allowed = try keys.write(
        "allowed", "ann-files namespaces=\"file\" \(key)", "ann-old valid-before=\"20200101Z\" \(key)",
        "ann \(key)",
        "!ann,*@x \(key)", "ann,team \(key)")
      #expect(try await verify(signature, allowed, keys).principals == ["ann", "*@x", "team"])
    }
  }

  @Test("refuses another text")
  func tampered() async throws {
    try await KeyFolder.with { keys in
      let signature = try await sign(keys)
      let allowed = try keys.write("allowed", "ann " + keys.publicKey("ann"))
      let fingerprint = try await tool(keys).fingerprint(ofKey: keys.path + "/ann.pub")
      for text in ["", "a plan", "a plan\n\n", "A plan\n"] {
        await #expect(throws: SSHSignatureError.wrongSignature(fingerprint: fingerprint)) {
          try await tool(keys).verify(Array(text.utf8), signature, allowedSigners: allowed)
        }
      }
    }
  }

  @Test(
    "says of a line that lists the key why it doesn't allow it",
    arguments: [
      (#"namespaces="file""#, SSHSignatureError.SignerFault.namespace),
      (#"namespaces="sparta-journal2""#, .namespace),
      (#"valid-before="20200101Z""#, .expired),
      (#"valid-after="20990101Z""#, .notYetValid),
      (#"of-our-own="x""#, .unreadable),
    ])
  func notAllowed(option: String, fault: SSHSignatureError.SignerFault) async throws {
    try await KeyFolder.with { keys in
      let signature = try await sign(keys)
      let allowed = try keys.write("allowed", "#", "ann \(option) " + keys.publicKey("ann"))
      let fingerprint = try await tool(keys).fingerprint(ofKey: keys.path + "/ann.pub")
      let error = SSHSignatureError.notAllowed(fingerprint: fingerprint, path: allowed, line: 2, fault)
      await #expect(throws: error) { try await verify(signature, allowed, keys) }
    }
  }

  @Test("goes by the time that it is given")
  func time() async throws {
    try await KeyFolder.with { keys in
      let signature = try await sign(keys)
      let period = #"valid-after="20200101Z",valid-before="20200201000000Z""#
      let allowed = try keys.write("allowed", "ann \(period) " + keys.publicKey("ann"))
      for (seconds, isValid) in [
        (1_577_836_799, false), (1_577_836_800, true), (1_580_515_199, true), (1_580_515_201, false),
      ] {
        let time = Date(timeIntervalSince1970: Double(seconds))
        // Nine hours from UTC, in which neither the time nor the list's dates are to be read.
        let environment = keys.environment.merging(["TZ": "XYZ-9"]) { $1 }
        let keygen = SSHKeygen(environment: environment, hasTerminal: false, askingSeconds: 120)
        let signer = try? await keygen.verify(Self.text, signature, allowedSigners: allowed, at: time)
        #expect((signer != nil) == isValid, "\(seconds)")
      }
    }
  }

  @Test("refuses a key that no line lists, and a list that can't be read")
  func unknown() async throws {
    try await KeyFolder.with { keys in
      let signature = try await sign(keys)
      let fingerprint = try await tool(keys).fingerprint(ofKey: keys.path + "/ann.pub")
      for line in ["", "bob " + (try keys.publicKey("bob")), "# ann " + (try keys.publicKey("ann"))] {
        let allowed = try keys.write("allowed", line)
        await #expect(throws: SSHSignatureError.noPrincipal(fingerprint: fingerprint, path: allowed)) {
          try await verify(signature, allowed, keys)
        }
      }
      let missing = SSHSignatureError.fileUnreadable(
        path: "/none", role: .allowedSigners, reason: "No such file or directory")
      await #expect(throws: missing) { try await verify(signature, "/none", keys) }
    }
  }

  @Test("refuses a revoked key, and doesn't do without a list that can't be read")
  func revoked() async throws {
    try await KeyFolder.with { keys in
      let signature = try await sign(keys)
      let allowed = try keys.write("allowed", "ann " + keys.publicKey("ann"))
      let fingerprint = try await tool(keys).fingerprint(ofKey: keys.path + "/ann.pub")
      let (ann, bob) = (keys.path + "/ann.pub", keys.path + "/bob.pub")
      await #expect(throws: SSHSignatureError.revoked(fingerprint: fingerprint, list: ann)) {
        try await tool(keys).verify(Self.text, signature, allowedSigners: allowed, revoked: ann)
      }
      _ = try await tool(keys).verify(Self.text, signature, allowedSigners: allowed, revoked: bob)
      let missing = SSHSignatureError.fileUnreadable(
        path: "/none", role: .revokedKeys, reason: "No such file or directory")
      await #expect(throws: missing) {
        try await tool(keys).verify(Self.text, signature, allowedSigners: allowed, revoked: "/none")
      }
    }
  }

  @Test("refuses a signature for another purpose")
  func otherNamespace() async throws {
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann")
      let text = try await keys.keygen("-Y", "sign", "-n", "file", "-f", key, input: "a plan\n")
      let allowed = try keys.write("allowed", "ann " + keys.publicKey("ann"))
      let signature = try SSHSignature(armored: text)
      await #expect(throws: SSHSignatureError.otherNamespace("file")) {
        try await verify(signature, allowed, keys)
      }
    }
  }

  @Test("knows a certificate's owner by its authority, and its key as the same person's")
  func certificates() async throws {
    try await KeyFolder.with { keys in
      let (ann, authority) = (try await keys.makeKey("ann"), try await keys.makeKey("authority"))
      try await keys.keygen("-q", "-s", authority, "-I", "id", "-n", "ann@x", "-V", "+1d", ann + ".pub")
      let signature = try await tool(keys).sign(Self.text, key: ann + "-cert.pub")
      let allowed = try keys.write("allowed", "*@x cert-authority " + keys.publicKey("authority"))
      let signer = try await verify(signature, allowed, keys)
      #expect(signer.principals == ["ann@x"])
      #expect(try await signer.fingerprint == tool(keys).fingerprint(ofKey: ann + ".pub"))

      try await keys.keygen(
        "-q", "-s", authority, "-I", "id", "-n", "ann@x", "-V", "20200101:20200102", ann + ".pub")
      let late = try await tool(keys).sign(Self.text, key: ann + "-cert.pub")
      let error = SSHSignatureError.notAllowed(
        fingerprint: signer.fingerprint, path: allowed, line: 1, .certificate)
      await #expect(throws: error) { try await verify(late, allowed, keys) }
    }
  }

  /// Makes the keys of ann and bob, and signs with ann's.
  private func sign(_ keys: KeyFolder) async throws -> SSHSignature {
    try await keys.makeKey("bob")
    return try await tool(keys).sign(Self.text, key: try await keys.makeKey("ann"))
  }

  private func verify(
    _ signature: SSHSignature, _ allowed: String, _ keys: KeyFolder
  ) async throws -> VerifiedSigner {
    try await tool(keys).verify(Self.text, signature, allowedSigners: allowed)
  }

  private func tool(_ keys: KeyFolder) -> SSHKeygen {
    SSHKeygen(environment: keys.environment, hasTerminal: false, askingSeconds: 120)
  }
}
