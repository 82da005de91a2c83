import DynamoJournalProgram
import DynamoJournalRunner

/// What a program did that the protocol does not allow, or could not do.
///
/// No value of an item is in it, only keys and names.
package enum ProgramFault: Error, Hashable, Sendable {
  /// There is no such program, or it may not be executed.
  case notStarted(program: String, reason: String)
  /// A line that can't be read.
  case badLine(String)
  /// A line of more bytes than are taken, or without end.
  case endlessLine(limit: Int)
  /// An answer to an item that was not asked about.
  case unknownID(Int)
  /// A second answer to one item.
  case answeredTwice(Int)
  /// No answer in time.
  case silent(seconds: Int, key: String?)
  /// It ended again and again while it worked on one item.
  case diesOn(key: String, times: Int, how: String)
  /// It ended again and again and never answered.
  case diesAtOnce(times: Int, key: String?, how: String)
  /// It ended too often.
  case diesTooOften(times: Int, how: String)
  /// It ended otherwise than with status 0 after `end`.
  case badEnd(how: String)
  /// It did not end after `end`.
  case neverEnds(seconds: Int)
  /// It said something after `end`.
  case speaksAfterEnd
  /// Two processes answered differently.
  case notDeterministic(key: String, difference: String)
  /// An answer that can't be planned.
  case badAnswer(key: String, reason: String)
  /// The error that it reported about an item.
  case reported(key: String, message: String)
}

extension ProgramFault: ExplainedError {
  package var explanation: Explanation {
    switch self {
    case .notStarted(let program, let reason):
      Explanation("the program '\(program)' can't be started: \(reason)")
    case .badLine(let reason):
      Explanation(
        "the program wrote a line that is not an answer (\(reason))",
        "write one JSON object a line to standard output, and everything else to standard error")
    case .endlessLine(let limit):
      Explanation(
        "the program wrote a line of more than \(limit >> 20) MB",
        "end each answer with a line feed, and write each once")
    case .unknownID(let id):
      Explanation(
        "the program answered the id \(id), which is not an item that it was given",
        "answer with the id of the item")
    case .answeredTwice(let id):
      Explanation(
        "the program answered the id \(id) twice",
        "answer each item once")
    case .silent(let seconds, let key):
      Explanation(
        "the program gave no answer within \(seconds) s"
          + (key.map { " (the oldest item without one is \($0))" } ?? ""),
        "flush standard output after each line, answer every item, or raise 'timeout'")
    case .diesOn(let key, let times, let how):
      Explanation(
        "the program ended \(times) times on the item \(key) (\(how))",
        "its standard error says more; correct it and start a new run")
    case .diesAtOnce(let times, let key, let how):
      Explanation(
        "the program ended \(times) times before it answered anything"
          + (key.map { ", with \($0) as its first item" } ?? "") + " (\(how))",
        "its standard error says more; it must read items until 'end'")
    case .diesTooOften(let times, let how):
      Explanation(
        "the program ended \(times) times (\(how))",
        "it must read items until 'end'")
    case .badEnd(let how):
      Explanation(
        "the program failed after 'end' (\(how))",
        "it must exit with status 0")
    case .neverEnds(let seconds):
      Explanation(
        "the program did not exit within \(seconds) s after 'end'",
        "exit with status 0 when 'end' is read")
    case .speaksAfterEnd:
      Explanation(
        "the program wrote to standard output after its last answer",
        "answer each item once and nothing else")
    case .notDeterministic(let key, let difference):
      Explanation(
        "not deterministic: a second process of the program answered otherwise for \(key) (\(difference))",
        "it must compute the same from the same item, without clock, random numbers or memory of other items")
    case .badAnswer(let key, let reason):
      Explanation("the program's answer for \(key) can't be planned: \(reason)")
    case .reported(let key, let message):
      Explanation(
        "the program reports an error for \(key) (\(message)): correct the item or the program, or set 'onError",
        "note'")
    }
  }
  package var errorClass: ErrorClass { .validation }

  /// The refusal that says it.
  package var refusal: Refusal { Refusal(explanation.problem, remedy: explanation.remedy) }
}
