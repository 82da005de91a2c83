import DynamoJournalEvents
import DynamoJournalJSON

/// What a run spent its time on.
package enum RunPhase: String, Sendable, CaseIterable {
  case planning
  case reviewAndBackups
  case applying
  case stopped
  case undoing
  case redoing

  /// The phase in words.
  package var words: String {
    switch self {
    case .reviewAndBackups: "review and backups"
    default: rawValue
    }
  }
}

/// A stretch of a run's time.
package struct PhaseStretch: Hashable, Sendable {
  /// What the run did.
  package let phase: RunPhase
  /// When it began, in microseconds since 1970, UTC.
  package let begin: Int64
  /// When it ended.
  package let end: Int64

  /// How long it took, in seconds.
  package var seconds: Double { Double(end - begin) / 1_000_000 }
}

/// The phases of a run, by the times of its events: a pure function.
package struct RunPhases: Hashable, Sendable {
  /// The stretches, in order. Between the end of applying and a rollback there is none.
  package private(set) var stretches: [PhaseStretch] = []
  private var current: (phase: RunPhase, begin: Int64)?
  private var interrupted = RunPhase.planning

  package static func == (left: RunPhases, right: RunPhases) -> Bool { left.stretches == right.stretches }
  package func hash(into hasher: inout Hasher) { hasher.combine(stretches) }

  /// The phases of a run.
  ///
  /// - Parameter ignored: places of events that count for nothing.
  package init(_ moments: [RunMoment], ignoring ignored: Set<Int64> = []) {
    for moment in moments where !ignored.contains(moment.seq) { take(moment) }
    if let last = moments.last { go(to: nil, at: last.at) }
  }

  private mutating func take(_ moment: RunMoment) {
    switch moment.kind {
    case .started: go(to: .planning, at: moment.at)
    case .sealed: go(to: .reviewAndBackups, at: moment.at)
    case .applyStarted: go(to: .applying, at: moment.at)
    case .rollbackStarted: go(to: .undoing, at: moment.at)
    case .redoStarted: go(to: .redoing, at: moment.at)
    case .interrupted:
      if let phase = current?.phase, phase != .stopped { interrupted = phase }
      go(to: .stopped, at: moment.at)
    case .resumed: go(to: interrupted, at: moment.at)
    case .finished:
      if let phase = current?.phase, phase != .stopped { interrupted = phase }
      go(to: nil, at: moment.at)
    case .closed: go(to: nil, at: moment.at)
    default: break
    }
  }

  private mutating func go(to next: RunPhase?, at time: Int64) {
    if let (phase, begin) = current, time > begin {
      stretches.append(PhaseStretch(phase: phase, begin: begin, end: time))
    }
    current = next.map { ($0, time) }
  }

  /// How long each phase took in all, in seconds; those that were are there, in the order of their first time.
  package var totals: [(phase: RunPhase, seconds: Double)] {
    var totals: [(phase: RunPhase, seconds: Double)] = []
    for stretch in stretches {
      if let index = totals.firstIndex(where: { $0.phase == stretch.phase }) {
        totals[index].seconds += stretch.seconds
      } else {
        totals.append((stretch.phase, stretch.seconds))
      }
    }
    return totals
  }

  /// `[{"phase": …, "seconds": …}]`.
  var json: JSONValue {
    .array(
      totals.map {
        ["phase": .string($0.phase.rawValue), "seconds": .number(Printable.decimal($0.seconds, digits: 6))]
      })
  }
}
