import DynamoJournalProgram

/// A process has the journal and can't be asked, or does not answer: nothing was changed.
struct ControlProblem: ExplainedError {
  let explanation: Explanation
  var errorClass: ErrorClass { .journal }
  var exitStatus: ExitStatus { .journal }
}
