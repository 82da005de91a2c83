import Dispatch
import Foundation
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// One process of the program, with pipes to and from it.
///
/// It is in one pair of hands at a time: the host's, or the exchange's while the host waits for it; hence the unchecked
/// conformance.
final class ProgramProcess: @unchecked Sendable {
  /// How it ended.
  enum End: Sendable, Hashable {
    case exited(Int32)
    case signaled(Int32)
    case notStarted(String)
    /// It lives, and closed its standard output.
    case closedOutput

    var words: String {
      switch self {
      case .exited(let status): "status \(status)"
      case .signaled(let number): "signal \(number)"
      case .notStarted(let reason): reason
      case .closedOutput: "it closed its standard output"
      }
    }
  }

  /// Bytes that wait to be written before more is made.
  static let maximumPending = 1 << 20

  private let input: Int32
  private let output: Int32
  private let errors: Int32
  private let task: Task<Void, Never>
  private let state: ProgramState
  private let watch: ProgramWatch
  private var pending: [UInt8] = []
  private var pendingStart = 0
  private var splitter = LineSplitter()
  private var log = ProgramLog()
  private var isInputOpen = true
  private var closesInput = false
  private var isOutputOpen = true
  private var isErrorOpen = true
  /// Whole lines that it wrote.
  private(set) var lines: [[UInt8]] = []
  /// Lines of its log.
  private(set) var said: [String] = []

  /// Starts it in a session of its own, so that Ctrl-C is the host's to hear and what it starts ends with it.
  init(_ command: ProgramCommand) throws {
    signal(SIGPIPE, SIG_IGN)
    let (input, output, errors) = (try ProgramPipe(), try ProgramPipe(), try ProgramPipe())
    for end in [input.write, output.read, errors.read] { try ProgramPipe.unblock(end) }
    (self.input, self.output, self.errors) = (input.write, output.read, errors.read)
    let state = ProgramState()
    self.state = state
    let watch = try ProgramWatch()
    self.watch = watch
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
    ]
    let variables = command.environment.map { (Environment.Key(stringLiteral: $0), $1) }
    let configuration = Configuration(
      executable: .path(FilePath(command.path)), arguments: Arguments(command.arguments),
      environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
      workingDirectory: FilePath(command.folder), platformOptions: options)
    task = Task.detached {
      do {
        let result = try await Subprocess.run(
          configuration,
          input: .fileDescriptor(FileDescriptor(rawValue: input.read), closeAfterSpawningProcess: true),
          output: .fileDescriptor(FileDescriptor(rawValue: output.write), closeAfterSpawningProcess: true),
          error: .fileDescriptor(FileDescriptor(rawValue: errors.write), closeAfterSpawningProcess: true)
        ) {
          watch.watch(group: $0.processIdentifier.value)
          state.started($0.processIdentifier.value)
        }
        switch result.terminationStatus {
        case .exited(let code): state.ended(.exited(Int32(code)))
        case .signaled(let number): state.ended(.signaled(Int32(number)))
        }
      } catch { state.ended(.notStarted("\(error)".prefix(300).description)) }
    }
  }

  // MARK: The host's side

  /// How it ended; nil while it runs.
  var end: End? { state.end ?? (isOutputOpen ? nil : .closedOutput) }
  /// How it ended, once that is known: a process that ends closes its output a moment before.
  func settledEnd() async throws -> End? {
    for _ in 0..<400 where state.end == nil { try await Task.sleep(for: .milliseconds(5)) }
    return end
  }
  /// Whether enough waits to be written.
  var isFull: Bool { pending.count - pendingStart >= Self.maximumPending }

  /// Adds a line to what is written.
  func send(_ line: [UInt8]) {
    guard isInputOpen else { return }
    pending += line
    pending.append(UInt8(ascii: "\n"))
  }

  /// Closes its standard input once all is written.
  func closeInput() { closesInput = true }

  /// Takes what it wrote since the last time.
  func takeLines() -> [[UInt8]] {
    defer { lines = [] }
    return lines
  }

  /// Takes what it logged since the last time.
  func takeLog() -> [String] {
    defer { said = [] }
    return said
  }

  /// Ends it and whatever it started, and waits until it is gone.
  func kill() async {
    task.cancel()
    state.killGroup()
    await task.value
    if let flaw = await watch.end() { said.append("program: \(flaw)") }
    said += log.end()
    for end in [input, output, errors] where end != input || isInputOpen { Foundation.close(end) }
    isInputOpen = false
    isOutputOpen = false
  }

  // MARK: The exchange's side

  /// Writes and reads what can be, for so many milliseconds at most or until something came; never for longer.
  static func exchange(_ processes: [ProgramProcess], milliseconds: Int32) throws {
    var (polled, owners): ([pollfd], [(ProgramProcess, Int)]) = ([], [])
    for process in processes {
      for (slot, descriptor, events) in process.wanted {
        polled.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
        owners.append((process, slot))
      }
    }
    let isOver = processes.contains { $0.state.end != nil }
    let count = poll(&polled, nfds_t(polled.count), isOver ? 0 : milliseconds)
    for index in polled.indices where count > 0 && polled[index].revents != 0 {
      let (process, slot) = owners[index]
      if slot == 0 {
        process.write()
      } else if slot == 1 {
        try process.readOutput()
      } else {
        process.readErrors()
      }
    }
  }

  private var wanted: [(Int, Int32, Int32)] {
    var wanted: [(Int, Int32, Int32)] = []
    if isInputOpen && pendingStart == pending.count && closesInput { shutInput() }
    if isInputOpen && pendingStart < pending.count { wanted.append((0, input, Int32(POLLOUT))) }
    if isOutputOpen { wanted.append((1, output, Int32(POLLIN))) }
    if isErrorOpen { wanted.append((2, errors, Int32(POLLIN))) }
    return wanted
  }

  private func write() {
    while pendingStart < pending.count {
      let count = pending.withUnsafeBytes { bytes in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[pendingStart...])
        return Foundation.write(input, rest.baseAddress, rest.count)
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return }
      // It reads no more; whether it is gone, or only deaf, its end or the time-out says.
      guard count > 0 else { return shutInput() }
      pendingStart += count
    }
    (pending, pendingStart) = ([], 0)
  }

  private func shutInput() {
    Foundation.close(input)
    isInputOpen = false
    (pending, pendingStart) = ([], 0)
  }

  private func readOutput() throws {
    guard let bytes = Self.read(output) else { return }
    if bytes.isEmpty { isOutputOpen = false }
    lines += try splitter.lines(bytes)
  }

  private func readErrors() {
    guard let bytes = Self.read(errors) else { return }
    if bytes.isEmpty { isErrorOpen = false }
    said += log.lines(bytes, at: Int(ProcessInfo.processInfo.systemUptime))
  }

  /// What is there, up to a bound; empty at the end, nil when there is nothing now.
  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
    if count < 0 { return errno == EAGAIN || errno == EINTR ? nil : [] }
    return Array(buffer.prefix(count))
  }

  /// Reads what is left in the pipes of a process that has ended; somebody else who holds them is not waited for.
  func drain() throws {
    for _ in 0..<1_024 {
      guard isOutputOpen, let bytes = Self.read(output), !bytes.isEmpty else { break }
      lines += try splitter.lines(bytes)
    }
    for _ in 0..<16 {
      guard isErrorOpen, let bytes = Self.read(errors), !bytes.isEmpty else { break }
      said += log.lines(bytes, at: Int(ProcessInfo.processInfo.systemUptime))
    }
  }
}
