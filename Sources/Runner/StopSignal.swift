import Foundation

/// The wish to stop, from Ctrl-C or SIGTERM: noticed between items, so that what is under way is finished and journaled.
package final class StopSignal: Sendable {
  private let flag = Flag()

  /// Nobody has asked to stop.
  package init() {}

  /// Asks to stop.
  package func request() { flag.set() }

  /// Whether somebody has asked.
  package var isRequested: Bool { flag.isSet }

  /// - Throws: `Interrupted` when somebody has asked to stop.
  func check() throws { if isRequested { throw Interrupted() } }
}

/// The run stops because somebody asked for it.
struct Interrupted: Error {}

/// A boolean that any thread may set: the lock guards the only field, hence the unchecked conformance.
private final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false

  func set() { lock.withLock { value = true } }
  var isSet: Bool { lock.withLock { value } }
}
