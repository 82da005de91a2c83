@preconcurrency import Dispatch
import DynamoJournalProgram
import Foundation
import DynamoJournalRunner

/// Ctrl-C and SIGTERM: the first asks to stop, the second ends the program at once. The journal is right either way.
final class Signals: Sendable {
  private let sources: [any DispatchSourceSignal]

  /// A write past the limit on a file's size is an error to handle, not the end.
  static func survivesFileLimits() { signal(SIGXFSZ, SIG_IGN) }

  /// Once a process: where one listener is there already, Dispatch's own handler is, and would be taken away.
  private static let ignoreUsualActions: Void = {
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM] { signal(number, SIG_IGN) }
  }()

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - isSilent: whether `onStop` says what is to be said.
  ///   - onStop: called at the first request to stop, for what would otherwise wait without looking at `stop`.
  init(_ stop: StopSignal, isSilent: Bool = false, onStop: @escaping @Sendable () -> Void) {
    // A run goes on when whoever read its output is gone.
    _ = Signals.ignoreUsualActions
    Signals.unblock()
    sources = [SIGINT, SIGTERM].map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
      source.setEventHandler { Signals.received(stop, isSilent: isSilent, onStop) }
      source.activate()
      return source
    }
  }

  /// A program that is started from a thread with blocked signals inherits them blocked, and would never hear of them.
  private static func unblock() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  private static func received(_ stop: StopSignal, isSilent: Bool, _ onStop: () -> Void) {
    if stop.isRequested { _exit(ExitStatus.interrupted.rawValue) }
    stop.request()
    onStop()
    if isSilent { return }
    Console.say(
      "stopping: what is under way is finished and journaled; press Ctrl-C again to stop immediately")
  }
}
