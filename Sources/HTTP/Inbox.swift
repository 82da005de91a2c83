import CDynamoJournalCurl

/// What callers ask of the driver's thread.
enum Command: Sendable {
  case start(Transfer)
  case cancel(Transfer)
  /// Ends all that is under way or waits for a connection.
  case cancelAll
  /// Its reader has made room.
  case resume(Transfer)
}

/// The only way from callers to the driver's thread: commands in order, an end, and a knock if it sleeps.
final class Inbox: Sendable {
  private struct State {
    var commands: [Command] = []
    var isClosed = false
    var isAsleep = false
    /// libcurl allows `curl_multi_wakeup` from any thread while the handle lives; nil once it does not.
    var multi: UnsafeMutableRawPointer?
    var hasEnded = false
    var waitingForEnd: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Locked<State>

  init(multi: UnsafeMutableRawPointer) {
    state = Locked(State(multi: multi))
  }

  /// False once closed: the command is not taken and will never run.
  @discardableResult
  func post(_ command: Command) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.commands.append(command)
      Self.knock(&state)
      return true
    }
  }

  /// No command is taken any more; the driver ends what it has.
  func close() {
    state.withLock { state in
      state.isClosed = true
      Self.knock(&state)
    }
  }

  /// Returns once the driver's thread has let go of everything.
  func waitForEnd() async {
    await withCheckedContinuation { continuation in
      let hasEnded = state.withLock { state in
        guard !state.hasEnded else { return true }
        state.waitingForEnd.append(continuation)
        return false
      }
      if hasEnded { continuation.resume() }
    }
  }

  private static func knock(_ state: inout State) {
    guard state.isAsleep, let multi = state.multi else { return }
    state.isAsleep = false
    curl_multi_wakeup(multi)
  }
}

// MARK: For the driver's thread

extension Inbox {
  /// The body of the thread.
  func drive(_ configuration: HTTPClient.Configuration) {
    guard let multi = state.withLock({ $0.multi }) else { return }
    DriverLoop(multi: multi, inbox: self, configuration: configuration).run()
  }

  var isOpen: Bool { state.withLock { !$0.isClosed } }

  func take() -> [Command] {
    state.withLock { state in
      defer { state.commands = [] }
      return state.commands
    }
  }

  /// Runs `poll` unless there is something to take; whatever comes meanwhile knocks.
  func sleep(_ poll: () -> Void) {
    let maySleep = state.withLock { state in
      state.isAsleep = state.commands.isEmpty && !state.isClosed
      return state.isAsleep
    }
    guard maySleep else { return }
    poll()
    state.withLock { $0.isAsleep = false }
  }

  /// Nobody may knock from here on: the multi handle is about to go.
  func forgetMulti() {
    state.withLock { $0.multi = nil }
  }

  func ended() {
    let waiting = state.withLock { state in
      state.hasEnded = true
      defer { state.waitingForEnd = [] }
      return state.waitingForEnd
    }
    for continuation in waiting { continuation.resume() }
  }
}
