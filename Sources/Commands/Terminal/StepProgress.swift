import DynamoJournalEvents
import Foundation

/// Says on standard error how far something is that reads a lot: a line that is redrawn on a terminal, plain lines now and then
/// in a pipe, and nothing where it takes no time.
///
/// Called from any thread; the lock guards its fields, hence the unchecked conformance.
final class StepProgress: @unchecked Sendable {
  private static let interval = (terminal: 0.2, pipe: 5.0)

  private let lock = NSLock()
  private let verb: String
  private let isQuiet: Bool
  private let began = ProcessInfo.processInfo.systemUptime
  private var lastLine = ProcessInfo.processInfo.systemUptime
  private var hasOpenLine = false

  /// - Parameter verb: what is done with what: `indexing events`.
  init(_ verb: String, isQuiet: Bool) {
    self.verb = verb
    self.isQuiet = isQuiet
  }

  /// Takes in how many of how many are done.
  func report(_ done: Int64, of total: Int64) {
    if isQuiet { return }
    lock.withLock { print(Int(done), Int(total)) }
  }

  private func print(_ done: Int, _ total: Int) {
    let now = ProcessInfo.processInfo.systemUptime
    let isLast = done >= total
    let interval = Console.isPlain ? Self.interval.pipe : Self.interval.terminal
    guard now - lastLine >= interval || isLast && hasOpenLine else { return }
    lastLine = now
    let text = ProgressPrinter.text(verb, done: done, total: total, seconds: now - began)
    if Console.isPlain { return Console.say(text) }
    Console.redraw(text)
    hasOpenLine = !isLast
    if isLast { Console.endLine() }
  }
}
