import DynamoJournalAnchors
import ArgumentParser
import DynamoJournalClient
import DynamoJournalFiles
import DynamoJournalHTTP
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// The exit codes: a contract with scripts.
enum ExitStatus: Int32 {
  /// Done; a dry run that planned; nothing to do.
  case done = 0
  /// Some changes failed or were in conflict.
  case incomplete = 1
  /// Refused before any table was written.
  case refused = 2
  /// Interrupted; `resume` goes on.
  case interrupted = 3
  /// The journal: in use, damaged, newer than this program, not to be written.
  case journal = 4
  /// Held by somebody else; try again later.
  case held = 5
  /// Wrong usage.
  case usage = 64
  /// A bug of ours.
  case bug = 70

  /// The code that an error ends the program with.
  init(_ error: any Error) {
    switch error {
    case let error as JournalError: self = ExitStatus(error)
    case is GuardHeld, is GuardLost: self = .held
    case is RestoreCutShort, is CallStopped: self = .interrupted
    case let error as StoreError: self = error.kind == .unavailable ? .interrupted : .refused
    case let failure as CallFailure: self = ExitStatus(failure)
    case let error as DefinitionError: self = error.isUsage ? .usage : .refused
    case is Refusal, is InputError, is SSHSignatureError, is ApprovalError, is LogCheckpointError,
      is HTTPError, is FileError, is EndpointError, is CredentialsError:
      self = .refused
    case is ValidationError, is KeyTextError, is TimeFilterError, is DynamoDBJSONError: self = .usage
    default: self = .bug
    }
  }

  private init(_ failure: CallFailure) {
    switch failure {
    case .service, .credentials, .otherTarget: self = .refused
    case .unreadable, .connection, .cancelled: self = .interrupted
    }
  }

  private init(_ error: JournalError) {
    switch error {
    case .unknownRun, .ambiguousRun: self = .usage
    case .missing, .moveNotAllowed, .noRunChangedTables, .notDamaged, .nothingToErase, .unfinishedRuns,
      .erased:
      self = .refused
    default: self = .journal
    }
  }

  /// The code that a run's end means.
  init(_ end: RunEnd) {
    switch end {
    case .done: self = .done
    case .incomplete: self = .incomplete
    case .interrupted: self = .interrupted
    case .refused: self = .refused
    case .heldElsewhere: self = .held
    }
  }
}

extension ExitStatus {
  /// Ends the command with this code, the words having been said.
  func end() throws { if self != .done { throw ExitCode(rawValue) } }
}
