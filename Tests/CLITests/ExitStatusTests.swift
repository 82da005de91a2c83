import DynamoJournalProgram
import DynamoJournalClient
import DynamoJournalHTTP
import DynamoJournalEvents
import DynamoJournalTables
import Testing

@testable import DynamoJournalRunner
@testable import SpartaJournalCommands

/// The exit codes, error by error and end by end: scripts decide by them.
@Suite("Exit codes") struct ExitStatusTests {
  @Test("a target that is lost is an interruption, in whatever shape it comes")
  func lostTarget() {
    let lost = StoreError(.unavailable, code: "ConnectionLost", "the connection was lost")
    let errors: [any Error] = [
      lost, CallFailure.connection(HTTPError(.cannotConnect, host: "h")),
      CallFailure.connection(HTTPError(.timedOut(.total), host: "h")), CallFailure.cancelled,
    ]
    for error in errors { #expect(ExitStatus(error).rawValue == 3, "\(error)") }
    #expect(ExitStatus(RunEnd.interrupted("lost")).rawValue == 3)
    #expect(ExitStatus(RestoreCutShort("lost")).rawValue == 3)
  }

  @Test("what is refused before a table is written is 2")
  func refused() {
    let errors: [any Error] = [
      Refusal("no"), StoreError(code: "AccessDeniedException", "no"), StoreError.validation("no"),
      StoreError.notFound("no"), InputError(source: "s", reason: "no"), FileError(path: "p", reason: "no"),
      HTTPError(.cannotConnect, host: "h"), CallFailure.credentials("none"), JournalError.missing(path: "p"),
      JournalError.moveNotAllowed(run: "r", state: .applied, move: "resumed"),
    ]
    for error in errors { #expect(ExitStatus(error).rawValue == 2, "\(error)") }
    #expect(ExitStatus(RunEnd.refused("no")).rawValue == 2)
  }

  @Test("a run's other ends, the journal and wrong usage have their own")
  func others() {
    #expect(ExitStatus(RunEnd.done).rawValue == 0)
    #expect(ExitStatus(RunEnd.incomplete).rawValue == 1)
    #expect(ExitStatus(JournalError.notAJournal(path: "p")).rawValue == 4)
    #expect(ExitStatus(JournalError.damaged(event: 1, reason: "x")).rawValue == 4)
    #expect(ExitStatus(JournalError.newer(path: "p", format: 9, supported: 1)).rawValue == 4)
    #expect(ExitStatus(JournalError.unknownRun("r")).rawValue == 64)
  }
}
