import SQLite

/// What can go wrong with a journal. Facts here, words in `description`.
public enum JournalError: Error, Hashable, Sendable {
  /// There is no such file.
  case missing(path: String)
  /// The file, or its folder, can't be made or written.
  case notWritable(path: String, reason: String)
  /// The file is no journal of ours.
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
  /// The disk is full.
  case full(path: String)
  /// No run of that name.
  case unknownRun(String)
  /// More than one run begins like that.
  case ambiguousRun(String, candidates: [String])
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

extension JournalError: CustomStringConvertible {
  /// One sentence that says what to do.
  public var description: String {
    switch self {
    case .missing(let path):
      "there is no journal at '\(path)': give its place with --journal, or start a run to make one"
    case .notWritable(let path, let reason):
      "the journal '\(path)' can't be opened for writing (\(reason)): check the folder's permissions, or name another with --journal"
    case .notAJournal(let path):
      "'\(path)' is not a journal of sparta-journal: name another file with --journal"
    case .newer(let path, let format, let supported):
      "the journal '\(path)' has format \(format), and this program reads up to \(supported): use a newer sparta-journal"
    case .inUse(let path, let holder):
      "the journal '\(path)' is in use by \(holder): wait for it, or stop it with Ctrl-C and resume its run"
    case .damaged(let event, let reason):
      "the journal is damaged at event \(event): \(reason); keep the file as it is, and see 'sparta-journal audit verify'"
    case .fileDamaged(let path, let reason):
      "the journal '\(path)' is damaged: \(reason); keep a copy of it before anything else"
    case .positionMoved(let expected, let actual):
      "somebody else wrote to the journal: event \(expected) was to be the next, but \(actual) is; start the command again"
    case .full(let path):
      "no room to write the journal '\(path)': nothing is lost, free some space and resume the run"
    case .unknownRun(let name):
      "no run '\(name)' in the journal: 'sparta-journal runs' lists them"
    case .ambiguousRun(let name, let candidates):
      "'\(name)' could be any of \(candidates.joined(separator: ", ")): type more of it"
    case .moveNotAllowed(let run, let state, let move):
      "run \(run) is \(state.rawValue), so it can't be \(move): 'sparta-journal show \(run)' tells where it stands and what to type"
    }
  }
}
