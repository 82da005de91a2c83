import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// One run of `ssh-keygen`.
struct SSHKeygenProcess {
  /// What it left behind.
  struct Outcome {
    let hasSucceeded: Bool
    let output: String
    let errors: String
  }

  /// The longest output that is taken, in bytes: a signature, or a list of identities.
  private static let maximumOutput = 256 * 1024

  private let configuration: Configuration
  private let input: String
  private let seconds: Int

  /// - Parameters:
  ///   - input: the file that is its standard input.
  ///   - mayAsk: whether it may ask on the terminal. If not, it gets a session of its own, which has no terminal: asking there
  ///     from the background would stop it for ever. What it starts is in that session, and ends with it.
  init(
    program: String, arguments: [String], variables: [String: String], input: String, mayAsk: Bool,
    seconds: Int
  ) {
    var options = PlatformOptions()
    options.createSession = !mayAsk
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: !mayAsk, allowedDurationToNextStep: .seconds(1))
    ]
    let custom = variables.map { (Environment.Key(stringLiteral: $0), $1) }
    configuration = Configuration(
      executable: .path(FilePath(program)), arguments: Arguments(arguments),
      environment: .custom(Dictionary(uniqueKeysWithValues: custom)), platformOptions: options)
    (self.input, self.seconds) = (input, seconds)
  }

  /// Waits for its end; one that takes longer is killed.
  ///
  /// - Throws: `SSHSignatureError.timedOut`, `.failed`, `.noTemporaryFile`; `CancellationError`.
  func outcome() async throws -> Outcome {
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      group.addTask { try await run() }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        throw SSHSignatureError.timedOut(seconds: seconds)
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }

  private func run() async throws -> Outcome {
    do {
      let result = try await Subprocess.run(
        configuration,
        input: .fileDescriptor(try FileDescriptor.open(input, .readOnly), closeAfterSpawningProcess: true),
        output: .bytes(limit: Self.maximumOutput), error: .bytes(limit: Self.maximumOutput))
      return Outcome(
        hasSucceeded: result.terminationStatus.isSuccess,
        output: String(decoding: result.standardOutput, as: UTF8.self),
        errors: String(decoding: result.standardError, as: UTF8.self))
    } catch let error as Errno {
      throw SSHSignatureError.noTemporaryFile(reason: error.description)
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw SSHSignatureError.failed(SSHKeygenReply.lastLine(error.description))
    }
  }
}
