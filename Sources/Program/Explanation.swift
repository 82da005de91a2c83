/// What an error tells people: what is wrong, and what to do about it.
package struct Explanation: Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and in what state the data is: a clause without a full stop.
  package let problem: String
  /// What to type, to set or to look at; nil where there is nothing to do.
  package let remedy: String?

  /// An explanation.
  package init(_ problem: String, _ remedy: String? = nil) {
    self.problem = problem
    self.remedy = remedy
  }

  /// Of a sentence whose maker knows only sentences, as the argument parser does: the remedy stands behind its first colon, or
  /// else behind its first semicolon.
  package init(cutting sentence: String) {
    let parts = [": ", "; "].lazy.compactMap { mark in
      let parts = sentence.split(separator: mark, maxSplits: 1)
      return parts.count == 2 ? parts : nil
    }.first
    self.init(parts.map { String($0[0]) } ?? sentence, parts.map { String($0[1]) })
  }

  /// One sentence.
  package var description: String {
    guard let remedy else { return problem }
    // A second colon would leave open which one the remedy stands behind.
    return problem + (problem.contains(": ") ? "; " : ": ") + remedy
  }
}

/// The exit codes: a contract with scripts.
package enum ExitStatus: Int32, Sendable {
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
  /// There are changes, where `--detailed-exit-code` asks to be told.
  case changes = 6
  /// Wrong usage.
  case usage = 64
  /// A bug of ours.
  case bug = 70
}

/// What an error is about, for scripts; the raw values are a contract.
package enum ErrorClass: String, Sendable, CaseIterable {
  /// What was asked for, or what was to be written, breaks a rule: a setting, a guard, a limit of DynamoDB's.
  case validation
  /// An external reply could not be had or used.
  case api
  /// The target refused, or was out of reach.
  case database
  /// The data is not as it should be, or not as it was.
  case data
  /// The command was not typed as it must be.
  case usage
  /// The journal is in use, damaged, newer than this program, or not to be written.
  case journal
  /// A bug of ours.
  case `internal`
}

/// An error that a command may end with.
package protocol ExplainedError: Error, CustomStringConvertible {
  /// What it tells people.
  var explanation: Explanation { get }
  /// What it is about.
  var errorClass: ErrorClass { get }
  /// The code that it ends a command with.
  var exitStatus: ExitStatus { get }
}

extension ExplainedError {
  /// One sentence: the problem and the remedy.
  package var description: String { explanation.description }
  /// Refused before any table was written.
  package var exitStatus: ExitStatus { .refused }
}
