import Foundation

/// What may be changed about work that is under way: whether anything is sent, whether anything new is begun, and how fast.
///
/// Asked by whoever sends, set by whoever has a hand on the run. `@unchecked Sendable`: the lock guards every field.
package final class WorkControl: @unchecked Sendable {
  /// The limits of the pace.
  package struct Pace: Hashable, Sendable {
    /// At most so many write capacity units a second; nil for no limit.
    package var writeUnits: Double?
    /// At most so many writes under way at once; nil for no limit beyond the store's own.
    package var concurrency: Int?

    /// Limits.
    package init(writeUnits: Double? = nil, concurrency: Int? = nil) {
      self.writeUnits = writeUnits
      self.concurrency = concurrency
    }
  }

  /// How often whoever waits looks again.
  private static let look = Duration.milliseconds(50)

  /// Whether a write of this task is given back while nothing may be sent, as `WriteHeld`, instead of waiting: whoever sends it
  /// again then knows that it may have been sent before.
  @TaskLocal package static var givesBack = false

  private let lock = NSLock()
  private var shut = false
  private var slowed = false
  private var ended = false
  private var limits = Pace()
  private var changes = 0
  private var observers: [@Sendable () -> Void] = []

  /// Nothing is held back.
  package init() {}

  /// Whether nothing may be sent.
  package var isShut: Bool { lock.withLock { shut && !ended } }

  /// Whether nothing new may be begun; what is under way is tried again as ever.
  package var beginsNothing: Bool { lock.withLock { (shut || slowed) && !ended } }

  /// The limits of the pace.
  package var pace: Pace { lock.withLock { limits } }

  /// Another number after each change.
  package var version: Int { lock.withLock { changes } }

  /// Lets nothing be sent any more, or lets it go on.
  package func setShut(_ value: Bool) { change { shut = value } }

  /// Lets nothing new be begun any more, or lets it go on.
  package func setBeginsNothing(_ value: Bool) { change { slowed = value } }

  /// Sets the limits.
  package func setPace(_ pace: Pace) { change { limits = pace } }

  /// Lets everybody through for good: the work ends, and whoever waited has to see that.
  package func end() { change { ended = true } }

  /// Does this at each change from here on.
  package func whenChanged(_ action: @escaping @Sendable () -> Void) {
    lock.withLock { observers.append(action) }
  }

  /// Waits until something may be sent.
  ///
  /// - Throws: `CancellationError` when the task is cancelled.
  package func pass() async throws {
    while isShut { try await Task.sleep(for: Self.look) }
  }

  /// Waits until something new may be begun.
  ///
  /// - Throws: `CancellationError` when the task is cancelled.
  package func passToBegin() async throws {
    while beginsNothing { try await Task.sleep(for: Self.look) }
  }

  private func change(_ body: () -> Void) {
    let actions = lock.withLock {
      body()
      changes += 1
      return observers
    }
    for action in actions { action() }
  }
}

/// A write was not made, or has no answer, since nothing may be sent now: whoever asked for it sends it again later.
package struct WriteHeld: Error, Hashable, Sendable {
  /// Whether it may have been sent all the same.
  package let mayHaveHadEffect: Bool

  /// A write that was given back.
  package init(mayHaveHadEffect: Bool) { self.mayHaveHadEffect = mayHaveHadEffect }
}
