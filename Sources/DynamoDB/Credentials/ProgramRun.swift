import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Runs a program and gathers its standard output through a pipe: secrets never touch the disk.
///
/// This is the module's one file that speaks to the system below Foundation.
struct ProgramRun {
  enum Outcome: Equatable {
    /// With its exit status, or the signal's number below zero.
    case ended(Int32, output: [UInt8])
    case notStarted
    case timedOut
    case tooMuchOutput
  }

  private static let maximumOutput = 1 << 20
  private let program: String
  private let arguments: [String]
  private let environment: [String: String]

  init(_ program: String, _ arguments: [String], environment: [String: String]) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
  }

  /// Waits for the end of the program and of its output, on a thread of its own; a program that takes longer is killed.
  func outcome(within seconds: Int) async -> Outcome {
    await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: blockingOutcome(within: seconds)) }.start()
    }
  }

  private func blockingOutcome(within seconds: Int) -> Outcome {
    let deadline = ContinuousClock.now + .seconds(seconds)
    let process = Process()
    let pipe = Pipe()
    let ended = DispatchSemaphore(value: 0)
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.terminationHandler = { _ in ended.signal() }
    do { try process.run() } catch { return .notStarted }
    let output = Self.read(pipe.fileHandleForReading.fileDescriptor, until: deadline)
    guard case .ended(_, let bytes) = output,
      ended.wait(timeout: .now() + .milliseconds(Self.milliseconds(until: deadline))) == .success
    else {
      Self.kill(process.processIdentifier)
      return output == .tooMuchOutput ? .tooMuchOutput : .timedOut
    }
    let status = process.terminationStatus
    return .ended(process.terminationReason == .exit ? status : -status, output: bytes)
  }

  /// Foundation gives a program a process group of its own: its children end with it.
  private static func kill(_ program: pid_t) {
    let target = getpgid(program) == program ? -program : program
    #if canImport(Darwin)
      _ = Darwin.kill(target, SIGKILL)
    #elseif canImport(Musl)
      _ = Musl.kill(target, SIGKILL)
    #else
      _ = Glibc.kill(target, SIGKILL)
    #endif
  }

  /// Reads to the end of the pipe; the status is not known yet.
  private static func read(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> Outcome {
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waited, 1, Int32(milliseconds(until: deadline)))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return .timedOut }
      let count = readSome(descriptor, &buffer)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return .ended(0, output: output) }
      output += buffer.prefix(count)
      guard output.count <= maximumOutput else { return .tooMuchOutput }
    }
  }

  private static func readSome(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
    #if canImport(Darwin)
      Darwin.read(descriptor, &buffer, buffer.count)
    #elseif canImport(Musl)
      Musl.read(descriptor, &buffer, buffer.count)
    #else
      Glibc.read(descriptor, &buffer, buffer.count)
    #endif
  }

  private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int {
    let left = ContinuousClock.now.duration(to: deadline).components
    return max(0, min(Int(left.seconds) * 1000 + Int(left.attoseconds / 1_000_000_000_000_000), 3_600_000))
  }
}
