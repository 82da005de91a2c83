import DynamoJournalProgram
import Foundation
import TestSupport
import Testing

@testable import DynamoJournalAnchors

@Suite("Signing by ssh-keygen")
struct SigningTests {
  static let text = Array("sparta-journal/0a\n1\n".utf8)

  @Test("makes a signature that ssh-keygen itself verifies", arguments: ["ed25519", "ecdsa", "rsa"])
  func signs(kind: String) async throws {
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann", kind: kind)
      let signature = try await tool(keys).sign(Self.text, key: key)
      let allowed = try keys.write("allowed", "ann " + keys.publicKey("ann"))
      let file = try keys.write("text.sig", String(signature.text.dropLast()))
      let output = try await keys.keygen(
        "-Y", "verify", "-f", allowed, "-I", "ann", "-n", "sparta-journal", "-s", file,
        input: String(decoding: Self.text, as: UTF8.self))
      #expect(output.hasPrefix(#"Good "sparta-journal" signature for ann"#))
      #expect(try SSHSignature(armored: signature.text) == signature)
    }
  }

  @Test("tells one key's fingerprint by either half, whatever its comment says")
  func fingerprints() async throws {
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann", passphrase: "secret")
      try await keys.keygen("-c", "-P", "secret", "-C", "SHA256:forged", "-f", key)
      let fingerprint = try await tool(keys).fingerprint(ofKey: key)
      #expect(fingerprint.hasPrefix("SHA256:") && fingerprint.utf8.count == 50)
      #expect(try await tool(keys).fingerprint(ofKey: key + ".pub") == fingerprint)
    }
  }

  @Test("refuses a key that is missing, a folder, a pipe, text, or open to others, and names what is wrong")
  func unusable() async throws {
    try await KeyFolder.with { keys in
      let open = try await keys.makeKey("open")
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: open)
      try await expect(.openToOthers, key: open, keys)
      try await expect(.notAKey, key: try keys.write("text", "no key"), keys)
      try await expect(.unreadable("No such file or directory"), key: keys.path + "/none", keys)
      try await expect(.unreadable("it is not a regular file"), key: keys.path, keys)
      #expect(mkfifo(keys.path + "/pipe", 0o600) == 0)
      try await expect(.unreadable("it is not a regular file"), key: keys.path + "/pipe", keys)
    }
  }

  @Test("refuses a public key whose private one nobody has")
  func publicHalf() async throws {
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann")
      try FileManager.default.removeItem(atPath: key)
      try await expect(.noPrivateKey, key: key + ".pub", keys)
    }
  }

  @Test("without anybody to ask refuses a key with a passphrase, also where the text begins with it")
  func passphrase() async throws {
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann", passphrase: "wrong one")
      try await expect(.passphrase, key: key, keys)
    }
    // ssh-keygen would take the first line of the text for the passphrase, and sign the rest.
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann", passphrase: "sparta-journal/0a")
      await #expect(throws: SSHSignatureError.self) { try await tool(keys).sign(Self.text, key: key) }
    }
  }

  @Test("signs by the agent that has the private key")
  func agent() async throws {
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann")
      try await keys.withAgent { environment in
        let added = try await Shell.run("/usr/bin/ssh-add", ["-q", key], environment: environment)
        #expect(added.status == 0, "\(added.errors)")
        try FileManager.default.removeItem(atPath: key)
        let keygen = SSHKeygen(environment: environment, hasTerminal: false, askingSeconds: 120)
        let signature = try await keygen.sign(Self.text, key: key + ".pub")
        let allowed = try keys.write("allowed", "ann " + keys.publicKey("ann"))
        #expect(try await keygen.verify(Self.text, signature, allowedSigners: allowed).principals == ["ann"])
      }
    }
  }

  @Test("repeats the last thing that ssh-keygen said of a failure that isn't known, without letting it steer")
  func unknownFailure() {
    #expect(
      SSHKeygenReply.lastLine("Signing data on standard input\nfailed: \u{1B}[2J\n") == #"failed: \u{1b}[2J"#)
    #expect(SSHKeygenReply.lastLine("\n") == "it gave no reason")
    #expect(
      SSHKeygenReply.lastLine(String(repeating: "a", count: 201)) == String(repeating: "a", count: 200) + "…")
  }

  @Test("asks by the program that SSH_ASKPASS names")
  func askpass() async throws {
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann", passphrase: "secret")
      var environment = keys.environment
      environment["SSH_ASKPASS"] = try keys.program("askpass", "echo secret")
      environment["SSH_ASKPASS_REQUIRE"] = "force"
      let signature = try await SSHKeygen(environment: environment, hasTerminal: false, askingSeconds: 120)
        .sign(Self.text, key: key)
      #expect(signature.namespace == "sparta-journal")
    }
  }

  @Test("stops an ssh-keygen that doesn't come back, with the program that it waits for")
  func timeOut() async throws {
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann", passphrase: "secret")
      var environment = keys.environment
      environment["SSH_ASKPASS"] = try keys.program("askpass", "exec sleep 3600")
      environment["SSH_ASKPASS_REQUIRE"] = "force"
      let keygen = SSHKeygen(environment: environment, hasTerminal: false, askingSeconds: 1)
      await #expect(throws: SSHSignatureError.timedOut(seconds: 1)) {
        try await keygen.sign(Self.text, key: key)
      }
    }
  }

  @Test("says which package has ssh-keygen where there is none, and takes none from the current folder")
  func notInstalled() async throws {
    try await KeyFolder.with { keys in
      let key = try await keys.makeKey("ann")
      // From the root by way of the current folder: a program is there, but not by an absolute name.
      let depth = FileManager.default.currentDirectoryPath.split(separator: "/").count
      let relative = String(repeating: "../", count: depth) + "usr/bin"
      for path in ["", ".", ":", keys.path, relative, "\(relative):\(keys.path)"] {
        let keygen = SSHKeygen(environment: ["PATH": path])
        await #expect(throws: SSHSignatureError.notInstalled) { try await keygen.sign(Self.text, key: key) }
      }
      #expect(SSHSignatureError.notInstalled.description.contains("openssh-client"))
    }
  }

  @Test("hands on nothing of the environment but what ssh-keygen needs")
  func environment() {
    let given = [
      "PATH": "/usr/bin", "SSH_AUTH_SOCK": "/s", "AWS_SECRET_ACCESS_KEY": "secret", "LD_PRELOAD": "/x",
      "GITHUB_TOKEN": "secret",
    ]
    let quiet = SSHKeygenEnvironment(given, asksOnTerminal: false)
    #expect(quiet.variables == ["PATH": "/usr/bin", "SSH_AUTH_SOCK": "/s"])
    let asking = SSHKeygenEnvironment(given, asksOnTerminal: true)
    #expect(asking.variables["SSH_ASKPASS_REQUIRE"] == "never")
    let named = SSHKeygenEnvironment(["SSH_ASKPASS": "/a"], asksOnTerminal: true)
    #expect(named.variables == ["SSH_ASKPASS": "/a"])
  }

  private func tool(_ keys: KeyFolder) -> SSHKeygen {
    SSHKeygen(environment: keys.environment, hasTerminal: false, askingSeconds: 120)
  }

  private func expect(_ fault: SSHSignatureError.KeyFault, key: String, _ keys: KeyFolder) async throws {
    await #expect(throws: SSHSignatureError.keyUnusable(path: key, fault)) {
      try await tool(keys).sign(Self.text, key: key)
    }
  }
}
