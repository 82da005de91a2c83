import Dispatch
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
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
      source.setEventHandler { Signals.received(stop) }
      source.activate()
      return source
    }
  }

  private static func received(_ stop: StopSignal) {
    if stop.isRequested { _exit(ExitStatus.interrupted.rawValue) }
    stop.request()
    Console.say("stopping: what is under way is finished and journaled; once more to end at once")
  }
}
