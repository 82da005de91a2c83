import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// Runs a program and gathers its standard output through a pipe: secrets never touch the disk.
struct ProgramRun {
  enum Outcome: Equatable {
    /// With its exit status, or the signal's number below zero.
    case ended(Int32, output: [UInt8], errors: [UInt8] = [])
    case notStarted
    case timedOut
    case tooMuchOutput
    /// Somebody asked to stop.
    case interrupted
  }

  private static let maximumOutput = 1 << 20
  private let configuration: Configuration

  init(_ program: String, _ arguments: [String], environment: [String: String]) {
    // A process group of its own: its children end with it.
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
    ]
    let variables = environment.map { (Environment.Key(stringLiteral: $0), $1) }
    configuration = Configuration(
      executable: .path(FilePath(program)), arguments: Arguments(arguments),
      environment: .custom(Dictionary(uniqueKeysWithValues: variables)), platformOptions: options)
  }

  /// Waits for the end of the program; one that takes longer is killed with its children.
  ///
  /// - Parameter interruption: ends it early.
  func outcome(within seconds: Int, until interruption: Interruption? = nil) async -> Outcome {
    await withTaskGroup(of: Outcome.self) { group in
      group.addTask { await outcome() }
      group.addTask {
        // Cut short when somebody asks to stop, or when the program has ended first, and then nobody asks.
        let sleep = { @Sendable (time: Duration) async throws in try await Task.sleep(for: time) }
        if let interruption {
          try? await interruption.sleep(.seconds(seconds), by: sleep)
        } else {
          try? await sleep(.seconds(seconds))
        }
        return interruption?.isRequested == true ? .interrupted : .timedOut
      }
      defer { group.cancelAll() }
      return await group.next() ?? .notStarted
    }
  }

  private func outcome() async -> Outcome {
    do {
      let result = try await Subprocess.run(
        configuration, input: .none, output: .bytes(limit: Self.maximumOutput),
        error: .bytes(limit: Self.maximumOutput))
      return .ended(
        Self.number(result.terminationStatus), output: result.standardOutput, errors: result.standardError)
    } catch let error as SubprocessError where error.code == .outputLimitExceeded {
      return .tooMuchOutput
    } catch {
      return .notStarted
    }
  }

  private static func number(_ status: TerminationStatus) -> Int32 {
    switch status {
    case .exited(let code): code
    case .signaled(let signal): -signal
    }
  }
}
