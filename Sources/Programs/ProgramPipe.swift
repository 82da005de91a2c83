import Foundation

/// Two ends of a pipe that no other process inherits.
struct ProgramPipe {
  let read: Int32
  let write: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Self.failure }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (read, write) = (ends[0], ends[1])
  }

  static func unblock(_ descriptor: Int32) throws {
    guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0 else { throw failure }
  }

  private static var failure: ProgramFault {
    .notStarted(program: "exec", reason: "no pipe can be made (\(String(cString: strerror(errno))))")
  }
}

/// How a process stands, from any thread: the lock guards both fields, hence the unchecked conformance.
final class ProgramState: @unchecked Sendable {
  private let lock = NSLock()
  private var number: Int32?
  private var known: ProgramProcess.End?

  var end: ProgramProcess.End? { lock.withLock { known } }

  func started(_ number: Int32) { lock.withLock { self.number = number } }

  func ended(_ end: ProgramProcess.End) { lock.withLock { known = end } }

  /// What the process started is in its group, and goes too.
  func killGroup() { if let number = lock.withLock({ number }) { _ = kill(-number, SIGKILL) } }
}
