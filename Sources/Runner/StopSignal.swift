import Foundation

/// The wish to stop, from Ctrl-C or SIGTERM: noticed between items, so that what is under way is finished and journaled.
package final class StopSignal: Sendable {
  private let flag = Flag()

  /// Nobody has asked to stop.
  package init() {}

  /// Asks to stop.
  package func request() { flag.set() }

  /// Does this when somebody asks to stop, or at once when somebody has: for what would otherwise wait without looking.
  package func whenRequested(_ action: @escaping @Sendable () -> Void) { flag.whenSet(action) }

  /// Whether somebody has asked.
  package var isRequested: Bool { flag.isSet }

  /// - Throws: `Interrupted` when somebody has asked to stop.
  func check() throws { if isRequested { throw Interrupted() } }
}

/// The run stops because somebody asked for it.
struct Interrupted: Error {
  /// Changes that were sent and have no answer.
  var unanswered: [Int] = []
}

/// A boolean that any thread may set, and what is to be done then: the lock guards both fields, hence the unchecked
/// conformance.
private final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false
  private var actions: [@Sendable () -> Void] = []

  func set() {
    let actions = lock.withLock {
      value = true
      defer { self.actions = [] }
      return self.actions
    }
    for action in actions { action() }
  }

  func whenSet(_ action: @escaping @Sendable () -> Void) {
    let isSet = lock.withLock {
      if !value { actions.append(action) }
      return value
    }
    if isSet { action() }
  }

  var isSet: Bool { lock.withLock { value } }
}
