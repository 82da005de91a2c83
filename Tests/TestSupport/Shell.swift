import Foundation

/// Runs programs.
public enum Shell {
  /// What a program left behind.
  public struct Outcome: Sendable {
    /// The exit code, or the signal's number with a minus sign.
    public let status: Int32
    /// Standard output.
    public let output: String
    /// Standard error.
    public let errors: String

    /// What a program left behind.
    public init(status: Int32, output: String, errors: String) {
      self.status = status
      self.output = output
      self.errors = errors
    }
  }

  /// Runs a program to its end. Output goes through files, so that no pipe can fill up and block it.
  public static func run(
    _ program: String, _ arguments: [String] = [], input: [UInt8] = [], environment: [String: String]? = nil,
    folder: String? = nil
  ) async throws -> Outcome {
    try await withTemporaryFolder { scratch in
      let child = try Child(
        program, arguments, input: input, environment: environment, folder: folder, scratch: scratch)
      let status = await child.wait()
      return Outcome(status: status, output: try child.output(), errors: try child.errors())
    }
  }
}

/// A program that is running.
public final class Child: Sendable {
  private let process: Process
  private let scratch: String
  private let ended: AsyncStream<Void>

  /// Starts a program.
  ///
  /// - Parameter scratch: a folder for its input and output, which the caller removes.
  public init(
    _ program: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String]? = nil,
    folder: String? = nil, scratch: String
  ) throws {
    self.scratch = scratch
    process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    if let environment { process.environment = environment }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    try Data(input).write(to: URL(fileURLWithPath: scratch + "/in"))
    for name in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: "\(scratch)/\(name)")) }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: scratch + "/in"))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch + "/out"))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch + "/err"))
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    ended = stream
    process.terminationHandler = { _ in continuation.finish() }
    try process.run()
  }

  /// The process's number.
  public var processIdentifier: Int32 { process.processIdentifier }

  /// Whether it has not ended.
  public var isRunning: Bool { process.isRunning }

  /// Sends a signal.
  public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for the end; the exit code, or the signal's number with a minus sign.
  public func wait() async -> Int32 {
    for await _ in ended {}
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Standard output so far.
  public func output() throws -> String { try String(contentsOfFile: scratch + "/out", encoding: .utf8) }

  /// Standard error so far.
  public func errors() throws -> String { try String(contentsOfFile: scratch + "/err", encoding: .utf8) }
}
