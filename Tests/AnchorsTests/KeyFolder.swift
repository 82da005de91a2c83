import DynamoJournalAnchors
import Foundation
import TestSupport

/// Keys made by ssh-keygen, and lists of who may sign, in a folder of their own.
struct KeyFolder {
  let path: String

  static func with<Value>(_ body: (KeyFolder) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { try await body(KeyFolder(path: $0)) }
  }

  /// The bare environment in which ssh-keygen runs: no agent, no program that asks for a passphrase.
  var environment: [String: String] {
    ["PATH": "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin", "HOME": path]
  }

  /// Makes a key and returns its path.
  @discardableResult
  func makeKey(_ name: String, passphrase: String = "", kind: String = "ed25519") async throws -> String {
    try await keygen("-q", "-t", kind, "-N", passphrase, "-C", name, "-f", path + "/" + name)
    return path + "/" + name
  }

  /// Runs ssh-keygen itself, which must succeed.
  @discardableResult
  func keygen(_ arguments: String..., input: String = "") async throws -> String {
    let outcome = try await Shell.run(
      "/usr/bin/ssh-keygen", arguments, input: Array(input.utf8), environment: environment, folder: path)
    guard outcome.status == 0 else { throw KeygenFailed(errors: outcome.errors) }
    return outcome.output
  }

  /// The public key of that name, without its comment.
  func publicKey(_ name: String) throws -> String {
    let line = try String(contentsOfFile: "\(path)/\(name).pub", encoding: .utf8)
    return line.split(separator: " ").prefix(2).joined(separator: " ")
  }

  /// Writes a file's whole text.
  func put(_ name: String, _ text: String) throws {
    try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
  }

  /// Writes a file of lines and returns its path.
  func write(_ name: String, _ lines: String...) throws -> String {
    let file = path + "/" + name
    try put(name, lines.joined(separator: "\n") + "\n")
    return file
  }
}

extension KeyFolder {
  /// Writes a shell script that may be run and returns its path.
  func program(_ name: String, _ command: String) throws -> String {
    let file = try write(name, "#!/bin/sh", command)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file)
    return file
  }
}

extension KeyFolder {
  /// Starts an agent of our own, lends the environment by which it is found, and ends it.
  func withAgent(_ body: ([String: String]) async throws -> Void) async throws {
    let socket = path + "/s"
    let started = try await Shell.run("/usr/bin/ssh-agent", ["-s", "-a", socket], environment: environment)
    guard started.status == 0, let word = started.output.split(separator: "SSH_AGENT_PID=").last,
      let process = Int32(word.prefix { $0.isNumber })
    else { throw KeygenFailed(errors: started.errors) }
    defer { kill(process, SIGTERM) }
    try await body(environment.merging(["SSH_AUTH_SOCK": socket]) { $1 })
  }
}

/// An ssh-keygen that was to succeed did not.
struct KeygenFailed: Error {
  let errors: String
}
