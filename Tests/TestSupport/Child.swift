import Foundation
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// A program that is running.
///
/// Not by Foundation's Process, which on Linux reads beyond a buffer of readdir's when it starts a program, and so
/// crashes now and then (Swift 6.3.1, found with the address sanitizer).
package final class Child: Sendable {
  /// The process's number.
  package let processIdentifier: Int32
  private let scratch: String
  private let end: Task<Int32, any Error>
  private let hasEnded: Locked<Bool>

  private init(
    _ processIdentifier: Int32, scratch: String, end: Task<Int32, any Error>, hasEnded: Locked<Bool>
  ) {
    self.processIdentifier = processIdentifier
    self.scratch = scratch
    self.end = end
    self.hasEnded = hasEnded
  }

  /// Starts a program.
  ///
  /// - Parameter scratch: a folder for its input and output, which the caller removes.
  package static func start(
    _ program: String, _ arguments: [String] = [], input: [UInt8] = [],
    environment: [String: String]? = nil, folder: String? = nil, scratch: String
  ) async throws -> Child {
    try Data(input).write(to: URL(fileURLWithPath: scratch + "/in"))
    let input = try FileDescriptor.open(scratch + "/in", .readOnly)
    return try await start(
      program, arguments, from: input, environment: environment, folder: folder, scratch: scratch)
  }

  /// Starts a program that reads from a descriptor, which is closed here once it has been handed over.
  static func start(
    _ program: String, _ arguments: [String], from input: FileDescriptor, environment: [String: String]?,
    folder: String?, scratch: String
  ) async throws -> Child {
    let configuration = Configuration(
      executable: .path(FilePath(program)), arguments: Arguments(arguments),
      environment: environment.map { variables in
        .custom(Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) }))
      } ?? .inherit,
      workingDirectory: folder.map { FilePath($0) })
    let (output, errors) = (try emptied(scratch + "/out"), try emptied(scratch + "/err"))
    let (started, announce) = AsyncThrowingStream<Int32, any Error>.makeStream()
    let hasEnded = Locked(false)
    let end = Task.detached {
      defer { hasEnded.value = true }
      do {
        let result = try await Subprocess.run(
          configuration, input: .fileDescriptor(input, closeAfterSpawningProcess: true),
          output: .fileDescriptor(output, closeAfterSpawningProcess: true),
          error: .fileDescriptor(errors, closeAfterSpawningProcess: true)
        ) { execution in
          announce.yield(execution.processIdentifier.value)
        }
        return status(result.terminationStatus)
      } catch {
        announce.finish(throwing: error)
        throw error
      }
    }
    for try await number in started {
      return Child(number, scratch: scratch, end: end, hasEnded: hasEnded)
    }
    throw CancellationError()
  }

  private static func emptied(_ path: String) throws -> FileDescriptor {
    try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
  }

  private static func status(_ status: TerminationStatus) -> Int32 {
    switch status {
    case .exited(let code): code
    case .signaled(let signal): -signal
    }
  }

  /// Whether it has not ended.
  package var isRunning: Bool { !hasEnded.value }

  /// Sends a signal, unless it has ended.
  package func send(_ signal: Int32) {
    if isRunning { kill(processIdentifier, signal) }
  }

  /// Waits for the end; the exit code, or the signal's number with a minus sign.
  package func wait() async throws -> Int32 { try await end.value }

  /// Standard output so far.
  package func output() throws -> String { try String(contentsOfFile: scratch + "/out", encoding: .utf8) }

  /// Standard error so far.
  package func errors() throws -> String { try String(contentsOfFile: scratch + "/err", encoding: .utf8) }
}
