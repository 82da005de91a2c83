import DynamoJournalEvents
import Foundation

/// The run that a process is at work on, as it is seen from outside.
package enum LiveRun {
  /// How it stands; nil when no process has the journal, or it is at no run, or is of a program that does not tell.
  ///
  /// - Parameter journal: the journal's path, links followed.
  package static func status(journal: String) -> RunStatus? {
    guard let holder = Journal.holder(path: journal),
      let status = ControlFolder(besideJournal: journal).status,
      // What a process that was killed has left is not the next one's.
      holder.hasPrefix("process \(status.process) ")
    else { return nil }
    return status
  }
}

/// Asks something of the run at work, and waits until its process has answered.
package struct ControlAsking: Sendable {
  /// How long a process may take to answer before the wish is taken back.
  private static let patience = Duration.seconds(10)
  private static let look = Duration.milliseconds(20)

  private let journal: String
  private let folder: ControlFolder

  /// - Parameter journal: the journal's path, links followed.
  package init(journal: String) {
    self.journal = journal
    folder = ControlFolder(besideJournal: journal)
  }

  /// What came of asking.
  package enum Outcome: Sendable, Hashable {
    /// The process's word.
    case answered(ControlAnswer)
    /// No process is at work any more, and the wish was not fulfilled as far as anybody knows.
    case ended
    /// The process does not answer, and the wish was taken back.
    case silent(holder: String)
  }

  /// Asks.
  ///
  /// - Throws: `Refusal` when the folder is not this user's to write.
  package func ask(_ wish: ControlWish) async throws -> Outcome {
    if let flaw = folder.flawOfAsking {
      throw Refusal("the run can't be asked: '\(folder.path)' \(flaw)", remedy: "ask as the user who runs it")
    }
    let name = try folder.leave(wish)
    let asked = ContinuousClock.now
    var isMine = true
    while true {
      if let answer = folder.takeAnswer(name) { return .answered(answer) }
      guard let holder = Journal.holder(path: journal) else {
        // What was answered last is still to be read.
        if let answer = folder.takeAnswer(name) { return .answered(answer) }
        _ = folder.withdraw(name)
        return .ended
      }
      if isMine, asked.duration(to: .now) > Self.patience {
        if folder.withdraw(name) { return .silent(holder: holder) }
        // It was taken in hand at the last moment, and the answer comes; or a process that died had it.
        isMine = false
      }
      if asked.duration(to: .now) > Self.patience * 2 { return .ended }
      try await Task.sleep(for: Self.look)
    }
  }
}
