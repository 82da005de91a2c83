import DynamoJournalProgram
import DynamoJournalSQLite

/// What can go wrong with a journal. Facts here, words in `description`.
package enum JournalError: Error, Hashable, Sendable {
  /// There is no such file.
  case missing(path: String)
  /// A file that a command made and was stopped before it could write anything to it.
  case empty(path: String)
  /// The file, or its folder, can't be made or written.
  case notWritable(path: String, reason: String)
  /// Somebody else has a hand in the file, or it is no file at all.
  case untrusted(path: String, flaw: String, command: String?)
  /// The file is not a journal of ours.
  case notAJournal(path: String)
  /// The file was written by a newer program.
  case newer(path: String, format: Int64, supported: Int64)
  /// Another process writes to it.
  case inUse(path: String, holder: String)
  /// An event is not what was written, or not where it was written.
  case damaged(event: Int64, reason: String)
  /// SQLite finds the file damaged.
  case fileDamaged(path: String, reason: String)
  /// Somebody else appended in between.
  case positionMoved(expected: Int64, actual: Int64)
  /// The file was moved away, deleted or replaced while it was open.
  case swapped(path: String)
  /// The disk is full.
  case full(path: String)
  /// No run of that name.
  case unknownRun(String)
  /// More than one run begins like that.
  case ambiguousRun(String, candidates: [String])
  /// A table, an index, a trigger or a view is not as the program made it.
  case foreignSchema(path: String, what: String)
  /// An event says what only a newer program knows.
  case unknownKind(event: Int64, kind: String)
  /// The event's values were erased.
  case erased(event: Int64)
  /// What is to be written is not what was approved.
  case planAltered(run: String)
  /// What is to be replaced is open in other processes.
  case readers(path: String)
  /// The guard of a table knows more events of this journal than the journal has.
  case behindGuard(table: String, known: Int64, found: Int64)
  /// The guard of a table knows another event at a place of this journal.
  case besideGuard(table: String, event: Int64)
  /// Nothing is wrong with the journal that was to be recovered.
  case notDamaged(path: String)
  /// Nothing of the journal can be kept.
  case beyondRecovery(path: String, what: String)
  /// No event holds such a value.
  case nothingToErase
  /// No run can be archived; the run that keeps them in the journal, where one does.
  case nothingToArchive(blockedBy: String?)
  /// The file to archive to exists, and is not what a process that was killed has left.
  case archiveExists(path: String)
  /// Runs were to be archived into the journal itself, or into a file that belongs to it.
  case ownFile(path: String)
  /// The run is in an archive.
  case archivedRun(String, file: String)
  /// Values of runs that have not ended can't be erased.
  case unfinishedRuns([String])
  /// No run of that name has changed a table.
  case noRunChangedTables(String, newest: String)
  /// The run can't make that move.
  case moveNotAllowed(run: String, state: RunState, move: String)

  /// What SQLite said, in the journal's terms.
  init(_ error: SQLiteError) {
    switch error.kind {
    case .full: self = .full(path: error.path)
    case .corrupt: self = .fileDamaged(path: error.path, reason: error.message)
    case .notADatabase: self = .notAJournal(path: error.path)
    case .notWritable: self = .notWritable(path: error.path, reason: error.message)
    case .busy: self = .inUse(path: error.path, holder: "another program (SQLite reports it as locked)")
    case .constraint, .other: self = .fileDamaged(path: error.path, reason: error.description)
    }
  }
}

extension JournalError {
  /// Whether there is no journal yet, or one without a single entry.
  package var hasNoRuns: Bool {
    switch self {
    case .missing, .empty: true
    default: false
    }
  }
}

extension JournalError: ExplainedError {
  package var explanation: Explanation {
    switch self {
    case .missing(let path):
      Explanation(
        "there is no journal at '\(path)'",
        "give its place with --journal, or start a run to make one")
    case .empty(let path):
      Explanation(
        "the journal '\(path)' is empty: the command that made it was stopped before its first entry, so no table was changed from it",
        "run that command again, or name another with --journal")
    case .notWritable(let path, let reason):
      Explanation(
        "the journal '\(path)' can't be opened for writing (\(reason))",
        "check the folder's permissions, or name another with --journal")
    case .untrusted(let path, let flaw, let command):
      Explanation("the journal '\(path)' \(flaw)", command ?? "name another with --journal")
    case .notAJournal(let path):
      Explanation(
        "'\(path)' is not a journal of \(Program.name)",
        "name another file with --journal")
    case .newer(let path, let format, let supported):
      Explanation(
        "the journal '\(path)' has format \(format), and this program reads up to \(supported)",
        "use a newer \(Program.name)")
    case .inUse(let path, let holder):
      Explanation(
        "the journal '\(path)' is in use by \(holder)",
        "wait for it, or stop it with Ctrl-C and resume its run")
    case .damaged(let event, let reason):
      Explanation(
        "the journal is damaged at event \(event): \(reason)",
        "'\(Program.command("journal recover --reason …"))' keeps everything before it and puts the rest aside as evidence"
      )
    case .fileDamaged(let path, let reason):
      Explanation(
        "the journal '\(path)' is damaged: \(reason)",
        "'\(Program.command("journal recover --reason …"))' keeps what can be verified and puts the file aside as evidence"
      )
    case .positionMoved(let expected, let actual):
      Explanation(
        "another program wrote to the journal: event \(expected) was to be the next, but \(actual) is; what was sent to the tables is safe",
        "see '\(Program.command("audit verify"))', then '\(Program.command("journal recover --reason …"))'")
    case .swapped(let path):
      Explanation(
        "the journal '\(path)' is not the file any more that this command opened: it was moved away, deleted or replaced; nothing more was written",
        "put the file back, with the files '-wal' and '-shm' beside it, then resume the run")
    case .full(let path):
      Explanation(
        "no room to write the journal '\(path)'; nothing is lost",
        "free some space and resume the run")
    case .unknownRun(let name):
      Explanation(
        "no run '\(name)' in the journal",
        "'\(Program.command("runs"))' lists them")
    case .ambiguousRun(let name, let candidates):
      Explanation(
        "'\(name)' could be any of \(candidates.joined(separator: ", "))",
        "type more of it")
    case .foreignSchema(let path, let what):
      Explanation(
        "the journal '\(path)' was changed by another program: \(what); nothing was read from it or written",
        "'\(Program.command("journal recover --reason …"))' keeps what can be verified and puts the file aside as evidence"
      )
    case .unknownKind(let event, let kind):
      Explanation(
        "event \(event) of the journal was written by a newer program, and this one does not know the kind '\(kind)'",
        "use the newer \(Program.name)")
    case .erased(let event):
      Explanation(
        "the values of event \(event) were erased, so what it planned can't be written or undone",
        "'\(Program.command("audit"))' shows who erased them and why")
    case .planAltered(let run):
      Explanation(
        "the planned changes of run \(run) are not those that were sealed: somebody edited the journal; none of the altered changes was written",
        "'\(Program.command("audit verify"))' names the first bad event, '\(Program.command("journal recover --reason …"))' puts it aside"
      )
    case .readers(let path):
      Explanation(
        "the journal '\(path)' is open in another program, so its file can't be replaced, and nothing was changed",
        "close what reads it and type the command again")
    case .behindGuard(let table, let known, let found):
      Explanation(
        "the guard of table '\(table)' knows \(Plural.count(Int(known), "event")) of this journal, which has \(found): it is an older copy, or its end was cut off; nothing was written",
        "use the newer file; if that is lost, add --accept-journal to go on with this one")
    case .besideGuard(let table, let event):
      Explanation(
        "the guard of table '\(table)' knows another event \(event) of this journal: it is a fork, or it was rewritten; nothing was written",
        "find the journal that was used last; if that is lost, add --accept-journal to go on with this one")
    case .notDamaged(let path):
      Explanation(
        "nothing is wrong with the journal '\(path)', so there is nothing to recover, and nothing was changed"
      )
    case .beyondRecovery(let path, let what):
      Explanation(
        "nothing of the journal '\(path)' can be verified (\(what)); the tables are as the runs left them",
        "keep the file as evidence, and begin a new journal with --journal")
    case .nothingToErase:
      Explanation(
        "no event of the journal holds such a value, and nothing was changed",
        "check table, key and date")
    case .nothingToArchive(let run?):
      Explanation(
        "no run that has ended can leave the journal, since run \(run) stands before them and stays; nothing was changed",
        "end that run first ('\(Program.command("show \(run)"))' tells how), or name a later time")
    case .nothingToArchive(nil):
      Explanation("no run ended before that time, so there is nothing to archive, and nothing was changed")
    case .archiveExists(let path):
      Explanation(
        "'\(path)' exists already and does not hold the runs that are to leave the journal; nothing was changed",
        "name another file with --to")
    case .ownFile(let path):
      Explanation(
        "'\(path)' belongs to the journal itself, so no run can be archived there; nothing was changed",
        "name another file with --to")
    case .archivedRun(let run, let file):
      Explanation(
        "run \(run) is not in this journal any more: it was archived to '\(file)'",
        "name that file with --journal; it can be read, and undone, there")
    case .unfinishedRuns(let runs):
      Explanation(
        "the values are needed to go on with \(runs.joined(separator: ", ")), and nothing was changed",
        "finish, undo or close what has not ended ('\(Program.command("show \(runs.first ?? "")"))' tells how), then erase"
      )
    case .noRunChangedTables(let name, let newest):
      Explanation(
        "no run that '\(name)' could mean has changed a table (the newest one is \(newest))",
        "'\(Program.command("runs"))' lists them all")
    case .moveNotAllowed(let run, let state, let move):
      Explanation(
        "run \(run) is \(state.rawValue), so it can't be \(move)",
        "'\(Program.command("show \(run)"))' tells where it stands and what to type")
    }
  }
  package var errorClass: ErrorClass { .journal }
  package var exitStatus: ExitStatus {
    switch self {
    case .unknownRun, .ambiguousRun, .archivedRun: .usage
    case .missing, .empty, .moveNotAllowed, .noRunChangedTables, .notDamaged, .nothingToErase,
      .unfinishedRuns, .nothingToArchive, .archiveExists, .ownFile,
      .erased:
      .refused
    case .notWritable, .untrusted, .notAJournal, .newer, .inUse, .damaged, .fileDamaged, .positionMoved,
      .swapped, .full,
      .foreignSchema, .unknownKind, .planAltered, .readers, .behindGuard, .besideGuard, .beyondRecovery:
      .journal
    }
  }

}
