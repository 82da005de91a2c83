import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// A run as `run`, `resume`, `rollback`, `show` and `runs` answer it.
package struct RunReport: Sendable {
  let fold: RunFold
  /// Where the run stands.
  package let state: RunState
  /// Its counts.
  package let counts: RunCounts
  /// The end of the journal's chain; nil where it is not asked for.
  package let journalHead: String?
  /// Whether the journal's chain verifies; nil where nobody looked.
  package let verified: Bool?
  /// Why the command went less far than it says, as a variable asked or as an option would refuse: sentences without an end.
  package var because: [String] = []
  /// At most so many write units a second, for a forecast; nil for no limit.
  package var pace: Double?
  /// Who erased values of it.
  package var erasedBy: [ActorIdentity] = []
  /// What the process that is at work on it does; nil where none is.
  package var work: RunWork?

  /// A report.
  ///
  /// - Parameters:
  ///   - counts: the counts, or nil where the run's own events tell them (`RunFold.finalCounts`).
  ///   - head: the end of the journal's chain.
  ///   - state: what to say in place of what the events say; a run whose process died is shown as interrupted.
  ///   - verified: whether the journal's chain verifies; nil where nobody looked.
  package init(
    _ fold: RunFold, counts: RunCounts? = nil, head: Journal.Head? = nil, state: RunState? = nil,
    verified: Bool? = nil
  ) {
    self.verified = verified
    self.fold = fold
    self.counts = counts ?? fold.finalCounts ?? RunCounts()
    self.state = state ?? fold.position.state
    journalHead = head?.description
  }

  /// The run's id.
  package var run: String { fold.started.run }

  /// The migration's name.
  package var migration: String { fold.started.migration }

  /// When it began, in microseconds since 1970, UTC.
  package var startedAt: Int64 { fold.startedAt }

  /// The target, as the journal names it.
  package var target: String { fold.started.target }

  /// Events of the run that the table of states does not allow where they stand: they count for nothing.
  package var passedOver: [PassedOverEvent] { fold.passedOver }

  /// When it ended, in microseconds since 1970, UTC; nil for a run that has not.
  package var finishedAt: Int64? {
    switch state {
    case .applied, .incomplete, .rolledBack, .closed: fold.lastEventAt
    case .planning, .planned, .applying, .interrupted, .rollingBack, .redoing: nil
    }
  }

  /// Whether the plan is sealed and holds no change.
  package var isNothingToDo: Bool { fold.plan?.changes == 0 }

  /// Why the run is interrupted; nil when it is not.
  ///
  /// A process that died could not say so, and what an earlier interruption said is not about this one.
  var interruption: InterruptedDetail? {
    guard state == .interrupted else { return nil }
    if fold.position.state == .interrupted, let interruption = fold.interruption { return interruption }
    return InterruptedDetail(cause: .died, drained: false, message: "its process ended without a word")
  }

  // MARK: JSON

  /// The object of the command line's contract; members of ours stand behind those.
  package var json: JSONValue {
    var more: [JSONValue.Member] = []
    if !because.isEmpty {
      more.append(.init(name: "because", value: .array(because.map { .string($0) })))
    }
    if let plan = fold.plan, plan.unread != nil { more.append(.init(name: "unread", value: plan.unreadJSON)) }
    if state == .planned, let forecast = fold.plan.flatMap({ Forecast($0, of: fold.started, pace: pace) }) {
      more.append(.init(name: "forecast", value: forecast.json))
    }
    if let work { more.append(.init(name: "work", value: work.json)) }
    return more.isEmpty ? always : always.adding(more)
  }

  /// The members that are there whatever happened.
  private var always: JSONValue {
    [
      "run": .string(run),
      "migration": .string(fold.started.migration),
      "state": .string(state.rawValue),
      "target": .string(fold.started.target),
      "counts": counts.json,
      "planDigest": .text(fold.plan?.digest),
      "journalHead": .text(journalHead),
      "startedAt": .string(Timestamp.text(fold.startedAt)),
      "finishedAt": .text(finishedAt.map(Timestamp.text)),
      "dryRun": .bool(fold.started.dryRun),
      "actor": fold.startedBy.json,
      "reason": .text(fold.started.reason),
      "refusal": .text(fold.plan?.refusal),
      "interruption": interruption?.json ?? .null,
      "backups": .array(fold.backups.map(\.json)),
      "cost": fold.cost?.json ?? .null,
      "people": people,
      "verified": verified.map { .bool($0) } ?? .null,
      "identity": .text(fold.started.identity?.text),
      "closing": fold.closing.map { ["reason": .text($0.reason)] } ?? .null,
      "passedOver": .array(
        fold.passedOver.map { ["seq": .number($0.seq), "event": .string($0.kind.rawValue)] }),
      "plan": fold.plan?.json ?? .null,
    ]
  }

  /// The object as a document.
  package var jsonText: String { json.prettyText() + "\n" }

  // MARK: Text

  /// A few aligned lines for people, the command to type next at the end.
  package var text: String {
    var sheet = header
    guard let lines = next.aligned(indent: sheet.indent) else { return sheet.text + "next\n" + next.block }
    sheet.add("next", lines)
    return sheet.text
  }

  var header: FactSheet {
    var sheet = FactSheet()
    sheet.add("run", run)
    sheet.add("migration", fold.started.migration)
    sheet.add("state", stateText)
    sheet.add("because", because.map(Printable.text))
    sheet.add("target", Printable.text(fold.started.target))
    sheet.add("changes", changesText)
    sheet.add("limited", fold.plan?.unreadText ?? [])
    sheet.add("notes", counts.notes > 0 ? Printable.number(counts.notes) : nil)
    sheet.add("plan", fold.plan?.digest)
    sheet.add("refused", fold.plan?.refusal.map(Printable.text))
    sheet.add("started", "\(Timestamp.text(fold.startedAt)) by \(Printable.text(fold.startedBy.name))")
    sheet.add("reason", fold.started.reason.map(Printable.text))
    for (title, who) in peopleLines { sheet.add(title, who) }
    sheet.add("finished", finishedAt.map(Timestamp.text))
    sheet.add(
      "backups", fold.backups.map { "\(Printable.text($0.table)): \(Printable.text($0.path ?? $0.arn))" })
    sheet.add("cost", fold.cost.map { Printable.text($0.text) })
    sheet.add("journal", journalHead)
    return sheet
  }

  var stateText: String {
    if let work { return "\(state.rawValue) (\(work.text))" }
    if state == .planned && fold.started.dryRun { return "planned (a dry run: nothing was written)" }
    if state == .closed, let closing = fold.closing {
      return "closed (\(Printable.text(closing.reason ?? "no reason was given")))"
    }
    if state == .rolledBack && exceptions > 0 { return "rolledBack but for \(exceptions), as asked" }
    if state == .applied && exceptions > 0 { return "applied but for \(exceptions) undone, as asked" }
    if state.isUnderWay { return "\(state.rawValue) (under way)" }
    if state == .planned && fold.plan?.refusal != nil { return "planned (refused: nothing was written)" }
    return interruption.map { "\(stateWord) (\(Printable.text($0.message))\(whilePaused))" } ?? state.rawValue
  }

  /// The state in a table: for a run that was stopped on its way back, that it was.
  package var stateWord: String {
    if let work { return "\(state.rawValue), \(work.word)" }
    return switch (state, fold.position.activity) {
    // Nothing cut it short: the migration, or a setting, does not let it go on.
    case (.interrupted, .planning) where interruption?.cause == .configuration: "refused"
    case (.interrupted, _): "interrupted" + whileDoing
    case (.planned, _) where fold.plan?.refusal != nil: "planned, refused"
    default: state.rawValue
    }
  }

  /// In which direction an interrupted run was going: ` while undoing`; empty where it was going forward for the first time.
  package var whileDoing: String {
    switch fold.position.activity {
    case .rollingBack: " while undoing"
    case .redoing: " while redoing"
    default: ""
    }
  }

  var changesText: String {
    if let plan = fold.plan, isNothingToDo { return plan.nothingToDo }
    return countsText
  }

  /// The counts; what a process is at work on is not waiting for somebody.
  var countsText: String { counts.text(pending: state.isUnderWay ? "under way" : "pending") }
}

extension RunCounts {
  /// The members of the contract, then those of ours.
  package var json: JSONValue {
    [
      "planned": .number(planned), "applied": .number(applied), "failed": .number(failed),
      "inDoubt": .number(inDoubt), "compensated": .number(compensated), "notes": .number(notes),
      "pending": .number(pending),
    ]
  }

  /// `24 planned, 23 applied, 1 failed`: what is zero is left out, but for the first two.
  func text(pending word: String) -> String {
    let rest = [
      (failed, "failed"), (inDoubt, "in doubt"), (compensated, "compensated"), (pending, word),
    ]
    let shown = [(planned, "planned"), (applied, "applied")] + rest.filter { $0.0 > 0 }
    return shown.map { "\(Printable.number($0.0)) \($0.1)" }.joined(separator: ", ")
  }
}

extension InterruptedDetail {
  var json: JSONValue {
    ["cause": .string(cause.rawValue), "drained": .bool(drained), "message": .string(message)]
  }
}

extension TargetCost {
  package var json: JSONValue {
    let sorted = throttles.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return [
      "requests": .number(requests), "retries": .number(retries),
      "throttles": .object(sorted.map { .init(name: $0.key, value: .number($0.value)) }),
      "throttledMilliseconds": .number(throttledMilliseconds),
      "readUnits": .number(Self.text(readUnits)), "writeUnits": .number(Self.text(writeUnits)),
    ]
  }

  /// `210 requests, 4 retries, 3 throttles (ThrottlingException 3), throttled 12 s, 35.5 read units, 120 write units`: of
  /// retries and throttles only what there was.
  var text: String {
    let sorted = throttles.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let codes = sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let count = throttles.values.reduce(0, +)
    let parts: [String?] = [
      Printable.count(requests, "request"),
      retries > 0 ? Printable.count(retries, "retry", "retries") : nil,
      count > 0 ? Printable.count(count, "throttle") + " (\(codes))" : nil,
      throttledMilliseconds > 0 ? "throttled \(Self.text(Double(throttledMilliseconds) / 1_000)) s" : nil,
      Self.text(readUnits) + " read units", Self.text(writeUnits) + " write units",
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  /// Units come in halves, so one digit is as exact as it gets: `12`, `12.5`.
  private static func text(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "0" }
    let tenths = Int64((number * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }
}

extension BackedUpDetail {
  var json: JSONValue {
    [
      "table": .string(table), "name": .string(name), "arn": .string(arn), "sizeBytes": .number(sizeBytes),
      "kind": .string((kind ?? .onDemand).rawValue), "items": items.map { .number($0) } ?? .null,
      "path": .text(path), "digest": .text(digest),
    ]
  }
}
