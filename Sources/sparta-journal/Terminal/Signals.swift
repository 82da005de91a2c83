@preconcurrency import Dispatch
import Foundation
import Runner

/// Ctrl-C and SIGTERM: the first asks to stop, the second ends the program at once. The journal is right either way.
final class Signals: Sendable {
  private let sources: [any DispatchSourceSignal]

  /// Begins to listen.
  init(_ stop: StopSignal) {
    // A write past the limit on a file's size, or to a reader that is gone, is an error to handle, not the end.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    Signals.unblock()
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
      source.setEventHandler { Signals.received(stop) }
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

  private static func received(_ stop: StopSignal) {
    if stop.isRequested { _exit(ExitStatus.interrupted.rawValue) }
    stop.request()
    Console.say("stopping: what is under way is finished and journaled; once more to end at once")
  }
}
