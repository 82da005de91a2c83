import DynamoJournalEvents
import DynamoJournalTables
import Foundation

/// The wish to stop, from Ctrl-C, SIGTERM or another terminal: noticed between items, so that what is under way is finished and
/// journaled. With it goes what may be changed short of stopping: a pause, and the pace.
package final class StopSignal: Sendable {
  private let flag = Flag()
  private let asker = Asker()
  /// Whether anything may be sent, and how fast.
  package let control = WorkControl()

  /// Nobody has asked to stop.
  package init() {}

  /// Asks to stop.
  ///
  /// - Parameter wish: who asked from another terminal; nil for a signal.
  package func request(by wish: AskedDetail? = nil) {
    if let wish { asker.set(wish) }
    flag.set()
    control.end()
  }

  /// Who asked to stop from another terminal; nil where nobody did.
  package var askedBy: AskedDetail? { asker.value }

  /// Why the run stops, in words: `stopped by alice@build-7`.
  var words: String {
    guard let wish = askedBy else { return "stopped by a signal" }
    return "stopped by \(wish.by.name)" + (wish.reason.map { " (\($0))" } ?? "")
  }

  /// Does this when somebody asks to stop, or at once when somebody has: for what would otherwise wait without looking.
  package func whenRequested(_ action: @escaping @Sendable () -> Void) { flag.whenSet(action) }

  /// Whether somebody has asked.
  package var isRequested: Bool { flag.isSet }

  /// - Throws: `Interrupted` when somebody has asked to stop.
  func check() throws { if isRequested { throw Interrupted() } }

  /// Waits while the run is paused or held.
  ///
  /// - Throws: `Interrupted` when somebody has asked to stop.
  func pass() async throws {
    if control.beginsNothing { try await control.passToBegin() }
    try check()
  }

  /// The same before anything of a rollback or a redo is journaled.
  ///
  /// - Throws: `Refusal` when somebody has asked to stop.
  func pass(orStopped deed: String) async throws {
    do { try await pass() } catch is Interrupted {
      throw Refusal(
        "\(words) before the first change; nothing was \(deed)",
        remedy: "type the command again to begin anew")
    }
  }
}

/// Who asked to stop: the lock guards the only field, hence the unchecked conformance.
private final class Asker: @unchecked Sendable {
  private let lock = NSLock()
  private var wish: AskedDetail?

  func set(_ wish: AskedDetail) { lock.withLock { self.wish = self.wish ?? wish } }
  var value: AskedDetail? { lock.withLock { wish } }
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
