import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalReports
import DynamoJournalRunner

extension RunStatus.Phase {
  /// What the process does, in a word or two.
  var words: String {
    switch self {
    case .starting: "starting"
    case .planning: "planning"
    case .planned: "planned, waiting for the word to apply"
    case .backingUp: "backing up"
    case .applying: "applying"
    case .looking: "looking at the tables"
    case .undoing: "undoing"
    case .redoing: "redoing"
    }
  }
}

extension RunStatus {
  /// The same for reports; what a state says by itself is not said twice.
  var work: RunWork {
    let isSaid = [.planning, .applying, .undoing, .redoing].contains(phase)
    return RunWork(
      isSaid ? "" : phase.words, pausedBy: pause.map { ($0.asked, $0.since) },
      heldFor: hold.map { ($0.detail, $0.since) })
  }

  /// Why nothing is sent now; nil when something is.
  var heldWords: String? {
    if let pause { return "paused by \(pause.words)" }
    return hold.map { "held since \(Timestamp.text($0.since)): \($0.detail.message)" }
  }

  /// A line for people: `applying 1200 of 24000 (5 %), 400/s, 57 s left, 3 failed, throttled 12 s; paused by …`.
  var line: String {
    var parts: [String] = []
    if let total, total > 0 {
      let percent = min(100, 100 * done / total)
      parts.append("\(phase.words) \(done) of \(total) (\(percent) %)")
      if let rate { parts.append("\(Int(rate.rounded()))/s") }
      if let secondsLeft, secondsLeft > 0 { parts.append("\(secondsLeft) s left") }
    } else if phase == .planning && (read > 0 || counts.planned > 0) {
      parts.append("planning, \(read) items read, \(counts.planned) changes planned")
    } else {
      parts.append(phase.words)
    }
    if counts.failed > 0 { parts.append("\(counts.failed) failed") }
    if let cost, cost.throttledMilliseconds >= 1_000 {
      parts.append("throttled \(cost.throttledMilliseconds / 1_000) s")
    }
    if let maxWriteUnits { parts.append("paced to \(Self.text(maxWriteUnits)) write units/s") }
    if let concurrency { parts.append("at most \(concurrency) at once") }
    return ([parts.joined(separator: ", ")] + [heldWords].compactMap { $0 }).joined(separator: "; ")
  }

  private static func text(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String(number)
  }

  /// The members that `watch` writes while the run is under way.
  var members: [JSONValue.Member] {
    let object: JSONValue = [
      "phase": .string(phase.rawValue), "process": .number(Int(process)), "by": by.json,
      "counts": counts.json,
      "done": .number(done), "total": total.map { .number($0) } ?? .null, "read": .number(read),
      "rate": rate.map { .number(Self.rounded($0)) } ?? .null,
      "secondsLeft": secondsLeft.map { .number($0) } ?? .null,
      "throttles": .number(cost?.throttles.values.reduce(0, +) ?? 0),
      "throttledMilliseconds": .number(cost?.throttledMilliseconds ?? 0), "cost": cost?.json ?? .null,
      "pause": RunWork.pause(pause.map { ($0.asked, $0.since) }),
      "hold": RunWork.hold(hold.map { ($0.detail, $0.since) }),
      "pace": [
        "maxWriteUnits": maxWriteUnits.map { .number(Self.text($0)) } ?? .null,
        "concurrency": concurrency.map { .number($0) } ?? .null,
      ],
    ]
    return object.objectValue ?? []
  }

  private static func rounded(_ rate: Double) -> String {
    let tenths = Int64((max(0, min(rate, 1e12)) * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
