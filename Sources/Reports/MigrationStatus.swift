import DynamoJournalEvents

/// How a migration stands on one target, by all of its runs there.
package struct MigrationStatus: Sendable {
  /// A migration as this program has it.
  package struct Entry: Sendable {
    /// The name that people type.
    package let name: String
    /// One line.
    package let summary: String
    /// Its version.
    package let version: Int
    /// The digest of its code.
    package let codeDigest: String

    /// An entry.
    package init(name: String, summary: String, version: Int, codeDigest: String) {
      self.name = name
      self.summary = summary
      self.version = version
      self.codeDigest = codeDigest
    }
  }

  /// Whether the code of an applied migration is still what it was. The raw values are the command line's contract.
  package enum Code: String, Sendable {
    /// The same version and the same digest.
    case same
    /// Another version, or another digest.
    case changed
    /// The same version; the journal is of a program that kept no digest.
    case unknown
  }

  /// The migration.
  package let entry: Entry
  /// The run that says how it stands; nil for a migration that never ran here.
  package let run: RunReport?
  /// The run that was started last.
  package let last: RunReport?
  /// Whether only a part is applied: the run had a limit, or what another run had applied was undone.
  package let isPartial: Bool

  /// A run that has left the journal.
  package struct Archived: Sendable {
    /// The run.
    package let run: ArchivedRun
    /// The file that has it.
    package let file: String
  }

  /// The last run that left changes in the tables and has left the journal since; nil for none.
  package let archived: Archived?

  /// Whether a run in the journal has begun to write: what it says comes after what was archived.
  var hasRunSince: Bool { run?.hasBegunToWrite ?? false }

  /// - Parameters:
  ///   - runs: the migration's runs against the target, in the order of their start.
  ///   - archived: the last one that left changes and is archived.
  package init(_ entry: Entry, runs: [RunReport], archived: Archived? = nil) {
    self.entry = entry
    self.archived = archived
    last = runs.last
    let writing = runs.filter(\.hasBegunToWrite).sorted {
      ($0.fold.lastEventAt, $0.fold.number) < ($1.fold.lastEventAt, $1.fold.number)
    }
    let latest = Self.latest(of: writing)
    let remaining = writing.last { $0.state != .rolledBack && !$0.isNothingToDo }
    if latest?.state == .rolledBack, let remaining {
      run = remaining
      isPartial = true
    } else {
      run = latest ?? runs.last
      isPartial = latest.map { $0.state == .applied && $0.isLimited || $0.exceptions > 0 } ?? false
    }
  }

  /// The run that had the last word; one that found nothing to do has none where the migration is applied.
  private static func latest(of writing: [RunReport]) -> RunReport? {
    var latest: RunReport?
    for run in writing {
      if run.isNothingToDo, let latest, latest.state == .applied && !latest.isLimited { continue }
      latest = run
    }
    return latest
  }

  /// Where it stands: `pending`, or the state of the run that says so.
  package var state: String {
    if let archived, !hasRunSince { return archived.run.state.rawValue }
    return run?.state.rawValue ?? "pending"
  }

  /// Whether changes of it are in the tables, all or some of them.
  package var hasLeftChanges: Bool {
    guard let run, run.hasBegunToWrite else { return archived != nil }
    return run.state != .rolledBack || run.exceptions > 0
  }

  /// Whether it is applied; one that was undone is not.
  package var isApplied: Bool { state == RunState.applied.rawValue }

  /// Whether the code has changed since; nil where nothing of it is in the tables.
  package var code: Code? {
    guard let run, hasLeftChanges else { return nil }
    let started = run.fold.started
    if started.version != entry.version { return .changed }
    guard let digest = started.codeDigest else { return .unknown }
    return digest == entry.codeDigest ? .same : .changed
  }
}

extension RunReport {
  /// Whether tables may have been written: by the events, so that a dead process does not hide it.
  var hasBegunToWrite: Bool { fold.appliedBy != nil }

  /// How many changes are in the tables although the run was rolled back, or undone although it is applied: what somebody
  /// chose to leave, or to undo. 0 for a run that is wholly one or the other.
  var exceptions: Int {
    switch state {
    case .rolledBack: max(0, counts.applied - counts.compensated)
    case .applied: counts.compensated
    default: 0
    }
  }

  /// Whether it planned a part only, as `--limit` and `--test` do, and found something to do.
  var isLimited: Bool {
    let options = fold.started.options
    return (options["--limit"] != nil || options["--test"] != nil) && !isNothingToDo
  }
}
