import Foundation

/// A wish to stop that ends every wait of a client: back-off and pace at once, silent requests after a short grace.
///
/// `@unchecked Sendable`: the lock guards every field.
package final class Interruption: @unchecked Sendable {
  /// How long requests that are under way may still get their answers.
  package static let grace = Duration.seconds(2)
  /// How long one of the few requests that are made afterwards may take, such as giving a guard back.
  static let timeoutAfterwards = Duration.milliseconds(1_500)

  private let lock = NSLock()
  private var hasCome = false
  private var lastWait = 0
  private var waits: [Int: @Sendable () -> Void] = [:]
  private var afterGrace: [@Sendable () -> Void] = []

  /// Nobody has asked to stop.
  package init() {}

  /// Whether somebody has asked to stop.
  package var isRequested: Bool { lock.withLock { hasCome } }

  /// Asks to stop; more than once does no harm.
  package func request() {
    let (waits, isFirst) = lock.withLock {
      defer { hasCome = true }
      return (Array(self.waits.values), !hasCome)
    }
    for cancel in waits { cancel() }
    guard isFirst else { return }
    Task {
      try await Task.sleep(for: Self.grace)
      for action in lock.withLock({ afterGrace }) { action() }
    }
  }

  /// Does this once the grace is over.
  package func whenGraceIsOver(_ action: @escaping @Sendable () -> Void) {
    lock.withLock { afterGrace.append(action) }
  }

  /// Waits, less long when somebody asks to stop.
  ///
  /// - Throws: `CancellationError` when somebody has asked to stop, or the task was cancelled.
  package func sleep(
    _ duration: Duration, by sleep: @escaping @Sendable (Duration) async throws -> Void
  ) async throws {
    let wait = Task { try await sleep(duration) }
    let number = begin { wait.cancel() }
    defer { lock.withLock { waits[number] = nil } }
    try await withTaskCancellationHandler {
      try await wait.value
    } onCancel: {
      wait.cancel()
    }
  }

  private func begin(_ cancel: @escaping @Sendable () -> Void) -> Int {
    let (number, isOver) = lock.withLock {
      lastWait += 1
      waits[lastWait] = cancel
      return (lastWait, hasCome)
    }
    if isOver { cancel() }
    return number
  }
}

extension Timing {
  /// The same, with sleep that ends when somebody asks to stop.
  package func ending(with interruption: Interruption?) -> Timing {
    guard let interruption else { return self }
    var timing = self
    timing.sleep = { [sleep] in try await interruption.sleep($0, by: sleep) }
    return timing
  }
}
