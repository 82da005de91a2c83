import Foundation
import DynamoJournalEvents
import DynamoJournalProgram
import DynamoJournalRunner

/// Says on standard error what a run is doing: a line that is redrawn on a terminal, plain lines in a pipe.
///
/// Called from any thread; the lock guards its fields, hence the unchecked conformance.
final class ProgressPrinter: @unchecked Sendable {
  /// Seconds between lines: often enough on a terminal to look alive, rare enough in a log to be read.
  private static let interval = (terminal: 0.2, pipe: 5.0)

  private let lock = NSLock()
  private let isQuiet: Bool
  private var verb = ""
  private var throttled = 0
  /// Why nothing is sent now; empty when something is.
  private var hand = ""
  private var total = 0
  private var done = 0
  private var began = ProcessInfo.processInfo.systemUptime
  private var lastLine = ProcessInfo.processInfo.systemUptime
  private var hasOpenLine = false

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  /// Takes in what is going on.
  func report(_ progress: RunProgress) {
    if isQuiet { return }
    lock.withLock { print(progress) }
  }

  /// Takes in for how long requests were held back so far; while changes wait, the line goes on all the same.
  func throttled(seconds: Int) {
    if isQuiet { return }
    lock.withLock {
      guard seconds > throttled else { return }
      throttled = seconds
      if total > 0 && done < total { advance(0) }
    }
  }

  /// Takes in why nothing is sent now, such as `paused by alice@build-7`; nil when something is. While it is so, each line says it.
  func hold(_ words: String?) {
    if isQuiet { return }
    lock.withLock {
      let hand = words ?? ""
      guard hand != self.hand else { return }
      line(hand.isEmpty ? "goes on" : hand)
      self.hand = hand
    }
  }

  /// Says again where it stands, if it is time: while nothing is sent, nothing else would.
  func sayAgain() {
    if isQuiet { return }
    lock.withLock { if !hand.isEmpty { advance(0) } }
  }

  /// Ends a line that is being redrawn.
  func finish() { lock.withLock { closeLine() } }

  private func print(_ progress: RunProgress) {
    switch progress {
    case .started(let run): line("run \(run)")
    case .planning: line("planning")
    case .said(let text): line(text)
    case .planned(let summary):
      line(
        "planned \(Plural.count(summary.plan.changes, "change")), \(Plural.count(summary.notes, "note"))")
    case .backingUp(let table, let name): line("backing up \(table) as \(name)")
    case .exporting(let table, let path, let about):
      begin("exporting", about, line: "exporting \(table) to \(path)")
    case .exported(let items): advance(items)
    case .exportingInstead(let folder):
      line("the server makes no backups: the tables are exported to \(folder) instead")
    case .backupsOfOneName(let name, let count, let taken):
      line("the target has \(count) backups named \(name), as a reply of it was lost: the run's is \(taken)")
    case .exportPassedOver(let path):
      line("\(path) is not a whole export of this run: it stays as it is, and the export gets another name")
    case .applying(let total): begin("applying", total)
    case .rollingBack(let total): begin("undoing", total)
    case .redoing(let total): begin("redoing", total)
    case .advanced(let changes, _): advance(changes)
    case .standing, .read, .looking: break
    }
  }

  private func begin(_ verb: String, _ total: Int, line words: String? = nil) {
    self.verb = verb
    self.total = total
    done = 0
    began = ProcessInfo.processInfo.systemUptime
    lastLine = began
    if let words { line(words) } else if total > 0 { line("\(verb) \(Plural.count(total, "change"))") }
  }

  private func advance(_ changes: Int) {
    done += changes
    let now = ProcessInfo.processInfo.systemUptime
    let interval = Console.isPlain ? Self.interval.pipe : Self.interval.terminal
    guard now - lastLine >= interval || (done >= total && hasOpenLine) else { return }
    lastLine = now
    let figures = ProgressPrinter.text(
      verb, done: done, total: total, seconds: now - began, throttled: throttled)
    let text = [total > 0 ? figures : "", hand].filter { !$0.isEmpty }.joined(separator: "; ")
    if Console.isPlain { return Console.say(text) }
    Console.redraw(text)
    hasOpenLine = true
  }

  /// `applying 1200 of 24000 (5 %), 400/s, 57 s left, throttled 12 s`
  static func text(_ verb: String, done: Int, total: Int, seconds: Double, throttled: Int = 0) -> String {
    let rate = seconds > 0 ? Double(done) / seconds : 0
    // How many items a table holds is known for about only.
    let percent = total > 0 ? min(100, 100 * done / total) : 100
    let left = rate > 0 ? ", \(Int((Double(max(0, total - done)) / rate).rounded(.up))) s left" : ""
    return "\(verb) \(done) of \(total) (\(percent) %), \(Int(rate))/s\(left)"
      + (throttled > 0 ? ", throttled \(throttled) s" : "")
  }

  private func line(_ text: String) {
    closeLine()
    Console.say(text)
  }

  private func closeLine() {
    if hasOpenLine { Console.endLine() }
    hasOpenLine = false
  }
}
