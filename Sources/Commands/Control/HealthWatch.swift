import DynamoJournalEvents
import DynamoJournalPrograms
import DynamoJournalReports
import DynamoJournalRunner

/// Asks the command of `--hold-if` again and again whether the run is to hold.
struct HealthWatch: Sendable {
  /// How long the command may take; one that takes longer says nothing, so that all stays as it was.
  private static let patience = Duration.seconds(10)

  private let desk: ControlDesk
  private let stop: StopSignal
  private let warn: @Sendable (String) -> Void

  init(_ desk: ControlDesk, _ stop: StopSignal, warn: @escaping @Sendable (String) -> Void) {
    self.desk = desk
    self.stop = stop
    self.warn = warn
  }

  /// Begins; ends when the task is cancelled.
  ///
  /// - Parameter line: the command; nil for none.
  func start(_ line: String?, every pause: Duration) -> Task<Void, Never> {
    Task {
      guard let line else { return }
      let command = ShellCommand(line)
      var problem: String?
      while !Task.isCancelled && !stop.isRequested {
        let outcome = await command.run(within: Self.patience, keepsOutput: true)
        if Task.isCancelled { return }
        let found = take(outcome)
        if let found, found != problem { warn(found) }
        problem = found
        do { try await Task.sleep(for: pause) } catch { return }
      }
    }
  }

  /// - Returns: what is wrong with the command; nil where nothing is.
  private func take(_ outcome: ShellCommand.Outcome) -> String? {
    switch outcome {
    case .ended(0, let output):
      desk.hold(HeldDetail(cause: .command, message: Self.message(output)))
    case .ended(126, _), .ended(127, _):
      desk.release(.command, "the command of --hold-if can't be run")
      return "the command of --hold-if can't be run (the shell ended with 126 or 127), so it holds nothing"
    case .ended:
      desk.release(.command, "the command of --hold-if lets it go on")
    case .timedOut:
      return
        "the command of --hold-if took longer than 10 s, or wrote too much, and was ended: it says nothing, and all stays as it was"
    case .notStarted:
      return "the command of --hold-if can't be started, so it says nothing, and all stays as it was"
    }
    return nil
  }

  /// The first line that the command wrote, or that it said so.
  private static func message(_ output: [UInt8]) -> String {
    let line = output.prefix(400).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).first
    let text = line.map { String(decoding: $0, as: UTF8.self) } ?? ""
    return text.allSatisfy(\.isWhitespace)
      ? "the command of --hold-if says so" : "the command of --hold-if says: \(Printable.text(text))"
  }
}
