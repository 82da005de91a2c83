import DynamoJournalProgram

/// Why a text is not a checkpoint of a journal. Facts here, words in `description`.
package enum LogCheckpointError: Error, Hashable, Sendable {
  /// More bytes than a checkpoint can have.
  case tooLong(Int)
  /// A carriage return: the lines are ended as on Windows.
  case carriageReturn
  /// The last line is not ended.
  case noFinalLineFeed
  /// Fewer than three lines.
  case tooFewLines(Int)
  /// That many lines behind the third.
  case furtherLines(Int)
  /// The first line is not the origin of a journal.
  case foreignOrigin(String)
  /// The journal's id is not what an id looks like.
  case badJournalID(String)
  /// The second line is not a number of events.
  case badSize(String)
  /// The third line is not a hash of 32 bytes in base64.
  case badHead
}

extension LogCheckpointError: ExplainedError {
  package var explanation: Explanation {
    Explanation(
      "this is not a checkpoint of a journal: \(fault); nothing was checked",
      "use the file as '\(Program.command("audit checkpoint"))' wrote it")
  }
  package var errorClass: ErrorClass { .validation }

  private var fault: String {
    switch self {
    case .tooLong(let count):
      "it has \(Plural.count(count, "byte")), and a checkpoint has three short lines"
    case .carriageReturn:
      "it contains a carriage return, so its lines were converted on the way"
    case .noFinalLineFeed:
      "its last line is not ended by a line feed, so it was cut or pasted without it"
    case .tooFewLines(let count):
      "it has \(count) of the three lines (origin, number of events, hash)"
    case .furtherLines(let count):
      "it goes on for \(count == 1 ? "one line" : "\(count) lines") after the third"
    case .foreignOrigin(let text):
      "its first line is \(Visible.quoted(text)) and not '\(LogCheckpoint.originPrefix)' with a journal's id"
    case .badJournalID(let text):
      "the journal's id \(Visible.quoted(text)) is not 1 to \(LogCheckpoint.maximumIDLength) digits of 0-9 and a-f"
    case .badSize(let text):
      "the number of events \(Visible.quoted(text)) is not a plain decimal number without leading zeros"
    case .badHead:
      "its hash is not the base64 of \(LogCheckpoint.headLength) bytes"
    }
  }
}
