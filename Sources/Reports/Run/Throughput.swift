import DynamoJournalEvents
import DynamoJournalJSON

/// How many outcomes a run had in each of some stretches of equal length: as many as a chart has room for, however many outcomes
/// there were.
package struct Throughput: Hashable, Sendable {
  /// The outcomes of a stretch.
  package struct Bar: Hashable, Sendable {
    /// Changes made, undone or made again.
    package var done = 0
    /// Changes that could not be.
    package var failed = 0
  }

  private static let most = 120
  /// The stretches, from the first outcome on.
  package private(set) var bars: [Bar] = []
  /// When the first outcome was journaled, in microseconds since 1970, UTC.
  package private(set) var begin: Int64 = 0
  /// How long a stretch is, in microseconds.
  package private(set) var width: Int64 = 100_000
  private var end: Int64 = 0

  /// No outcome.
  package init() {}

  /// Counts an outcome; they come in the order of their times.
  package mutating func add(_ kind: EventKind, at time: Int64) {
    let isFailure = kind == .failed
    guard isFailure || kind == .applied || kind == .compensated || kind == .reapplied else { return }
    if bars.isEmpty { (begin, end) = (time, time) }
    end = max(end, time)
    // A clock that was set back counts where it stood before.
    var index = Int(max(0, time - begin) / width)
    while index >= Self.most {
      halve()
      index = Int(max(0, time - begin) / width)
    }
    while bars.count <= index { bars.append(Bar()) }
    if isFailure { bars[index].failed += 1 } else { bars[index].done += 1 }
  }

  private mutating func halve() {
    var joined: [Bar] = []
    for (index, bar) in bars.enumerated() {
      if index % 2 == 0 {
        joined.append(bar)
      } else {
        joined[index / 2].done += bar.done
        joined[index / 2].failed += bar.failed
      }
    }
    bars = joined
    width *= 2
  }

  /// All outcomes.
  package var outcomes: Int { bars.reduce(0) { $0 + $1.done + $1.failed } }

  /// The most outcomes of a second, by the stretches.
  package var peak: Double {
    Double(bars.map { $0.done + $0.failed }.max() ?? 0) / (Double(width) / 1_000_000)
  }

  /// Outcomes a second over so many seconds of work; nil where that was too short to tell.
  package func rate(over seconds: Double) -> Double? { seconds >= 0.001 ? Double(outcomes) / seconds : nil }

  /// `{"outcomes": …, "perSecond": …, "peakPerSecond": …}`.
  func json(over seconds: Double) -> JSONValue {
    [
      "outcomes": .number(outcomes),
      "perSecond": rate(over: seconds).map { .number(Printable.decimal($0, digits: 1)) } ?? .null,
      "peakPerSecond": .number(Printable.decimal(peak, digits: 1)),
    ]
  }
}

extension RunPhases {
  /// Seconds in which changes were sent.
  package var secondsOfWork: Double {
    totals.filter { [.applying, .undoing, .redoing].contains($0.phase) }.reduce(0) { $0 + $1.seconds }
  }
}
