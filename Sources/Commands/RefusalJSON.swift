import DynamoJournalJSON
import DynamoJournalProgram

/// A refusal as scripts read it: `{"error": {"class": …, "problem": …, "remedy": …, "exit": …}}`.
enum RefusalJSON {
  /// Whether the command line asks for JSON: it counts, too, where it can't be parsed as a whole.
  static func isWanted(_ arguments: [String]) -> Bool {
    let words = arguments.prefix { $0 != "--" }
    return words.contains("--format=json")
      || zip(words, words.dropFirst()).contains { $0 == "--format" && $1 == "json" }
  }

  /// The document, on one line.
  static func text(_ explanation: Explanation, _ errorClass: ErrorClass, _ status: ExitStatus) -> String {
    let error: JSONValue = [
      "class": .string(errorClass.rawValue), "problem": .string(explanation.problem),
      "remedy": explanation.remedy.map { .string($0) } ?? .null, "exit": .number(Int(status.rawValue)),
    ]
    let document: JSONValue = ["error": error]
    return document.text()
  }
}
