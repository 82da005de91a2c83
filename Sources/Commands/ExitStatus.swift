import ArgumentParser
import DynamoJournalProgram
import DynamoJournalRunner

extension ExitStatus {
  /// The code that an error ends the program with.
  init(_ error: any Error) {
    switch error {
    case let error as any ExplainedError: self = error.exitStatus
    case is ValidationError: self = .usage
    default: self = .bug
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

  /// Ends the command with this code, the words having been said.
  func end() throws { if self != .done { throw ExitCode(rawValue) } }
}
