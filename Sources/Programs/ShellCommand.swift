import Foundation
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// A command of an operator's that is run beside a run: a shell's line, in a process group of its own, with a bound of time and
/// nothing of this process's environment but `PATH`.
package struct ShellCommand: Sendable {
  /// How it ended.
  package enum Outcome: Hashable, Sendable {
    /// With its exit status, or the signal's number below zero, and what it wrote to standard output, if that was asked for.
    case ended(Int32, output: [UInt8])
    /// It took too long and was killed with all that it had started.
    case timedOut
    /// It could not be started.
    case notStarted
  }

  private static let maximumOutput = 64 << 10
  private let line: String

  /// - Parameter line: what `/bin/sh -c` is given.
  package init(_ line: String) { self.line = line }

  /// Runs it.
  ///
  /// - Parameters:
  ///   - input: what stands at its standard input, of which it may read as much as it likes.
  ///   - keepsOutput: whether its standard output is wanted; else it goes nowhere, as its standard error always does.
  package func run(_ input: [UInt8] = [], within limit: Duration, keepsOutput: Bool) async -> Outcome {
    await withTaskGroup(of: Outcome.self) { group in
      group.addTask { await outcome(input, keepsOutput) }
      group.addTask {
        // Cut short when the command has ended first, and then nobody asks.
        try? await Task.sleep(for: limit)
        return .timedOut
      }
      defer { group.cancelAll() }
      return await group.next() ?? .notStarted
    }
  }

  private func outcome(_ input: [UInt8], _ keepsOutput: Bool) async -> Outcome {
    do {
      let file = FileDescriptor(rawValue: try Self.file(of: input))
      if keepsOutput {
        let result = try await Subprocess.run(
          configuration, input: .fileDescriptor(file, closeAfterSpawningProcess: true),
          output: .bytes(limit: Self.maximumOutput), error: .discarded)
        return .ended(Self.number(result.terminationStatus), output: result.standardOutput)
      }
      let result = try await Subprocess.run(
        configuration, input: .fileDescriptor(file, closeAfterSpawningProcess: true), output: .discarded,
        error: .discarded)
      return .ended(Self.number(result.terminationStatus), output: [])
    } catch let error as SubprocessError where error.code == .outputLimitExceeded {
      return .timedOut
    } catch {
      return .notStarted
    }
  }

  private var configuration: Configuration {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
    ]
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let variables = ProgramEnvironment.bare(path: path).map { (Environment.Key(stringLiteral: $0), $1) }
    return Configuration(
      executable: .path("/bin/sh"), arguments: Arguments(["-c", line]),
      environment: .custom(Dictionary(uniqueKeysWithValues: variables)), platformOptions: options)
  }

  /// A file without a name, so that a command which does not read it is no broken pipe.
  private static func file(of bytes: [UInt8]) throws -> Int32 {
    var name = Array((NSTemporaryDirectory() + "/hook-XXXXXX").utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else {
      throw ProgramFault.notStarted(program: "", reason: "no temporary file can be made")
    }
    unlink(name)
    let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard written == bytes.count, lseek(file, 0, SEEK_SET) == 0 else {
      close(file)
      throw ProgramFault.notStarted(program: "", reason: "no temporary file can be written")
    }
    return file
  }

  private static func number(_ status: TerminationStatus) -> Int32 {
    switch status {
    case .exited(let code): code
    case .signaled(let signal): -signal
    }
  }
}
