import Foundation

/// Signs and verifies by the program `ssh-keygen` of OpenSSH, so that a signature can be checked without ours.
///
/// Private keys stay with `ssh-keygen` and its agent: this program never reads one.
package struct SSHKeygen: Sendable {
  /// How long a run may take that asks nobody, in seconds.
  static let checkingSeconds = 30
  /// How long somebody has to type a passphrase or to touch a security key, in seconds.
  static let askingSeconds = 120

  private let environment: [String: String]
  private let hasTerminal: Bool
  private let askingSeconds: Int

  /// The `ssh-keygen` that is found by PATH.
  ///
  /// - Parameter environment: the process's variables, of which only those that `ssh-keygen` needs are handed on.
  package init(environment: [String: String]) {
    self.init(
      environment: environment, hasTerminal: Platform.hasTerminal, askingSeconds: Self.askingSeconds)
  }

  init(environment: [String: String], hasTerminal: Bool, askingSeconds: Int) {
    self.environment = environment
    self.hasTerminal = hasTerminal
    self.askingSeconds = askingSeconds
  }

  /// Signs bytes for our namespace. A passphrase is asked for by `ssh-keygen` itself, on the terminal. That a security key
  /// waits for a touch is not shown: say so before.
  ///
  /// - Parameter key: the file of a private key, or of a public one whose private key an agent or a security key holds.
  /// - Throws: `SSHSignatureError`; `CancellationError`.
  package func sign(_ bytes: [UInt8], key: String) async throws -> SSHSignature {
    if let reason = Platform.faultOfFile(key) {
      throw SSHSignatureError.keyUnusable(path: key, .unreadable(reason.text))
    }
    return try await TemporaryFiles.with { files in
      let input = try files.write("text", bytes)
      let outcome = try await run(
        ["-Y", "sign", "-n", SSHSignature.namespace, "-f", key], input: input, mayAsk: true)
      guard outcome.hasSucceeded else { throw Self.signingError(outcome, key) }
      let signature = try SSHSignature(armored: outcome.output)
      // Without a terminal ssh-keygen reads a passphrase from standard input, and then would sign what remains of it.
      try await check(signature, of: input, files)
      return signature
    }
  }

  /// The fingerprint of a key's public half, `SHA256:…`; no passphrase is needed.
  ///
  /// - Parameter path: the file of a private or a public key.
  /// - Throws: `SSHSignatureError`; `CancellationError`.
  package func fingerprint(ofKey path: String) async throws -> String {
    if let reason = Platform.faultOfFile(path) {
      throw SSHSignatureError.keyUnusable(path: path, .unreadable(reason.text))
    }
    let outcome = try await run(["-l", "-E", "sha256", "-f", path], input: "/dev/null")
    guard outcome.hasSucceeded, let fingerprint = SSHKeygenReply.keyFingerprint(outcome.output) else {
      throw SSHSignatureError.keyUnusable(path: path, .notAKey)
    }
    return fingerprint
  }

  /// Runs `ssh-keygen`.
  func run(
    _ arguments: [String], input: String, mayAsk: Bool = false
  ) async throws -> SSHKeygenProcess.Outcome {
    let asksOnTerminal = mayAsk && hasTerminal
    let surroundings = SSHKeygenEnvironment(environment, asksOnTerminal: asksOnTerminal)
    guard let program = surroundings.path(of: "ssh-keygen") else { throw SSHSignatureError.notInstalled }
    return try await SSHKeygenProcess(
      program: program, arguments: arguments, variables: surroundings.variables, input: input,
      mayAsk: asksOnTerminal, seconds: mayAsk ? askingSeconds : Self.checkingSeconds
    ).outcome()
  }

  /// Whether the signature is one of these bytes, whoever made it.
  private func check(_ signature: SSHSignature, of input: String, _ files: TemporaryFiles) async throws {
    let path = try files.write("signature", Array(signature.text.utf8))
    let outcome = try await run(
      ["-Y", "check-novalidate", "-n", SSHSignature.namespace, "-s", path], input: input)
    guard outcome.hasSucceeded else {
      throw SSHSignatureError.failed("it made a signature that it doesn't accept itself")
    }
  }

  private static func signingError(_ outcome: SSHKeygenProcess.Outcome, _ key: String) -> SSHSignatureError {
    SSHKeygenReply.keyFault(outcome.errors).map { .keyUnusable(path: key, $0) }
      ?? .failed(SSHKeygenReply.lastLine(outcome.errors))
  }
}
