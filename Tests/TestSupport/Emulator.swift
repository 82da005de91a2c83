import Foundation
import DynamoJournalHTTP

/// A server that speaks like DynamoDB, or stands before one, on a free port of 127.0.0.1.
///
/// `scripts/emulators` installs them. A server ends with `stop`, and with the process that started it, however that
/// ends: it is watched through a pipe.
package final class Emulator: Sendable {
  /// Which one.
  package enum Kind: String, Sendable, CaseIterable {
    /// The main one: transactions with tokens, pages of 1 MB, backups, x-amz-crc32.
    case ministack
    /// An independent one that keeps its data over a kill.
    case roto
  }

  /// How to start a program.
  struct Command: Sendable {
    var program: String
    var arguments: [String] = []
    var environment: [String: String] = [:]
  }

  /// Where it listens.
  package let port: UInt16
  private let command: Command
  private let folder: String
  private let running: Locked<WatchedProcess?>

  /// The URL, without a slash at the end.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// The server's process, while it runs.
  package var processIdentifier: Int32? { running.value?.child }

  /// What the server printed.
  package var output: String { (try? String(contentsOfFile: folder + "/output", encoding: .utf8)) ?? "" }

  init(port: UInt16, folder: String, command: Command) async throws {
    self.port = port
    self.folder = folder
    self.command = command
    running = Locked(nil)
    try await start()
  }

  /// Starts a server and returns when it answers.
  ///
  /// - Parameters:
  ///   - folder: for its data and its output; the caller removes it.
  ///   - checksSignatures: ministack alone can; keys are then made through its IAM.
  package static func start(
    _ kind: Kind, in folder: String, checksSignatures: Bool = false
  ) async throws -> Emulator {
    try await FreePort.use { try await start(kind, in: folder, checksSignatures, port: $0) }
  }

  private static func start(
    _ kind: Kind, in folder: String, _ checksSignatures: Bool, port: UInt16
  ) async throws -> Emulator {
    let bare = ["PATH": "/usr/bin:/bin", "HOME": folder]
    var command: Command
    switch kind {
    case .ministack:
      command = Command(program: try path("ministack/bin/ministack"), environment: bare)
      command.environment["BIND_HOST"] = "127.0.0.1"
      command.environment["GATEWAY_PORT"] = "\(port)"
      command.environment["SERVICES"] = checksSignatures ? "dynamodb,iam,sts" : "dynamodb,sts"
      if checksSignatures { command.environment["AUTH"] = "true" }
    case .roto:
      let arguments = ["--host", "127.0.0.1", "--port", "\(port)", "--data-dir", folder + "/data"]
      command = Command(program: try path("roto/bin/roto-server"), arguments: arguments, environment: bare)
    }
    return try await Emulator(port: port, folder: folder, command: command)
  }

  /// The path of an installed program.
  static func path(_ name: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appendingPathComponent(".build-emulators/\(name)").path
    guard FileManager.default.isExecutableFile(atPath: path) else { throw EmulatorError.notInstalled(path) }
    return path
  }

  /// Starts the server again after `kill`, on the same port and with the same folder.
  package func start() async throws {
    running.value = try await WatchedProcess(command, folder: folder)
    do { try await waitUntilItAnswers() } catch {
      await kill()
      throw error
    }
  }

  /// Ends the server at once, as a crash would (SIGKILL), and returns when it is gone.
  package func kill() async {
    let process = running.value
    running.value = nil
    await process?.end()
  }

  private func waitUntilItAnswers() async throws {
    let client = try HTTPClient(configuration: HTTPClient.Configuration(environment: [:]))
    // Only a server that hangs for good takes so long: one that ended is found out at once.
    let deadline = ContinuousClock.now + .seconds(600)
    var answered = false
    while !answered {
      do throws(HTTPError) {
        _ = try await client.send(HTTPRequest("GET", url + "/"))
        answered = true
      } catch {
        guard ContinuousClock.now < deadline, running.value?.isRunning == true else { break }
      }
      if !answered { try await Task.sleep(for: .milliseconds(50)) }
    }
    await client.shutdown()
    // An answer after the server's end came from somebody else who has the port.
    guard running.value?.isRunning == true else { throw EmulatorError.ended(output: output) }
    if !answered { throw EmulatorError.noAnswer(url: url, output: output) }
  }
}

/// Why there is no server.
package enum EmulatorError: Error, CustomStringConvertible {
  /// The program is missing.
  case notInstalled(String)
  /// It stays silent.
  case noAnswer(url: String, output: String)
  /// It ended before it answered.
  case ended(output: String)
  /// No port could be had.
  case noPort
  /// The process did not say its number.
  case notStarted

  /// One sentence.
  package var description: String {
    switch self {
    case .notInstalled(let path): "'\(path)' is missing: run scripts/emulators first"
    case .noAnswer(let url, let output): "nothing answers at \(url); the server printed: \(output)"
    case .ended(let output): "the server ended before it answered; it printed: \(output)"
    case .noPort: "there is no free port on 127.0.0.1"
    case .notStarted: "the server's process could not be started"
    }
  }
}

/// A value that is reached under a lock only.
///
/// `@unchecked Sendable`: the value is private and each access holds the lock.
final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var stored: Value

  init(_ value: Value) { stored = value }

  var value: Value {
    get { lock.withLock { stored } }
    set { lock.withLock { stored = newValue } }
  }
}
