import DynamoJournalEvents
import DynamoJournalRunner

/// What can be said of a program without a run.
extension ProgramMigration {
  /// The absolute path of the file that is executed.
  ///
  /// - Throws: `Refusal` when there is none that can be, or when the program must not get a variable.
  package func executable(_ settings: Settings) throws -> String {
    do { return try ProgramCommand(definition, settings).path } catch let fault as ProgramFault {
      throw fault.refusal
    }
  }

  /// The variables that the program gets beside PATH and the language, and whether each is set.
  package func environment(_ settings: Settings) -> [(name: String, isSet: Bool)] {
    definition.environment.map { ($0, settings[$0] != nil) }
  }

  /// Starts the program, gives it `start` and `end` and no item, and waits for its end: by the protocol it does nothing else.
  ///
  /// - Throws: `Refusal` that says what it did instead.
  package func tryOut(_ settings: Settings, say: @escaping (String) -> Void) async throws {
    do {
      let start = ProgramStart.line(definition, run: "doctor", now: Timestamp.now() / 1_000, inputs: [])
      let host = ProgramHost(
        try ProgramCommand(definition, settings), start: start, table: "", timeout: definition.timeout,
        ProgramHost.Surroundings(checkStop: {}, say: say, items: { _ in [] }))
      do { try await host.tryOut() } catch {
        await host.kill()
        throw error
      }
    } catch let fault as ProgramFault { throw fault.refusal }
  }
}
