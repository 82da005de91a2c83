import DynamoJournalEvents
import Foundation

/// How a run that is under way stands at this moment: what its process writes into the control folder for others to read.
package struct RunStatus: Codable, Hashable, Sendable {
  /// What the process does.
  package enum Phase: String, Codable, Sendable {
    /// It opens journal and target.
    case starting
    /// It makes the plan.
    case planning
    /// The plan is whole; whoever typed the command may be asked.
    case planned
    /// It backs tables up.
    case backingUp
    /// It writes changes.
    case applying
    /// It looks at the tables before it undoes or redoes anything.
    case looking
    /// It undoes changes.
    case undoing
    /// It makes changes again.
    case redoing
  }

  /// A pause that somebody asked for.
  package struct Pause: Codable, Hashable, Sendable {
    /// Who asked, and why.
    package var asked: AskedDetail
    /// Since when, in microseconds since 1970, UTC.
    package var since: Int64
  }

  /// What the run holds for by itself.
  package struct Hold: Codable, Hashable, Sendable {
    /// What it holds for.
    package var detail: HeldDetail
    /// Since when, in microseconds since 1970, UTC.
    package var since: Int64
  }

  /// The process that works at it.
  package var process: Int32
  /// Who started that process.
  package var by: OperatorAccount
  /// The run's id; nil before it has one.
  package var run: String?
  /// What the process does.
  package var phase = Phase.starting
  /// When this was written, in microseconds since 1970, UTC.
  package var at: Int64 = 0
  /// When the phase began, in microseconds since 1970, UTC.
  package var phaseSince: Int64 = 0
  /// How many changes, or exported items, the phase has to do; nil where that is not known.
  package var total: Int?
  /// How many of them are done.
  package var done = 0
  /// With planning: how many items were read.
  package var read = 0
  /// The run's counts, as far as they are known.
  package var counts = RunCounts()
  /// Done in a second, over the last ten; nil where nothing is counted.
  package var rate: Double?
  /// Requests, throttles and units so far in this process; nil where the target costs nothing.
  package var cost: TargetCost?
  /// The pause; nil when nobody has asked for one.
  package var pause: Pause?
  /// What the run holds for by itself, the reason that counts first; nil for nothing.
  package var hold: Hold?
  /// At most so many write units a second; nil for no limit.
  package var maxWriteUnits: Double?
  /// At most so many writes under way at once; nil for no limit beyond the program's own.
  package var concurrency: Int?

  /// How a process begins.
  package init(process: Int32, by: OperatorAccount) {
    self.process = process
    self.by = by
  }

  /// Seconds until the phase is done at this rate; nil where that can't be told.
  package var secondsLeft: Int? {
    guard let total, let rate, rate > 0, pause == nil, hold == nil else { return nil }
    return Int((Double(max(0, total - done)) / rate).rounded(.up))
  }
}

/// How fast something is done: over a window of the last seconds. Pure.
struct RateWindow {
  private static let length = 10.0
  private var samples: [(at: Double, done: Int)] = []

  /// Takes in how much is done at a time in seconds.
  mutating func add(_ done: Int, at now: Double) {
    if let last = samples.last, done < last.done { samples = [] }
    samples.append((now, done))
    while samples.count > 2, now - samples[1].at >= Self.length { samples.removeFirst() }
  }

  /// Done in a second; nil before there is anything to compare.
  var rate: Double? {
    guard let first = samples.first, let last = samples.last, last.at > first.at else { return nil }
    return Double(last.done - first.done) / (last.at - first.at)
  }
}
