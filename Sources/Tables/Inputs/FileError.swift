import DynamoJournalProgram

/// What is wrong with a file of items.
package struct FileError: ExplainedError, Hashable, Sendable {
  /// The file.
  package let path: String
  /// What is wrong.
  package let reason: String
  /// What to do; nil where the reason says it.
  package let remedy: String?

  /// An error.
  package init(path: String, reason: String, remedy: String? = nil) {
    self.path = path
    self.reason = reason
    self.remedy = remedy
  }

  /// The same error, which also says in what state things are.
  package func adding(_ state: String) -> FileError {
    FileError(path: path, reason: "\(reason); \(state)", remedy: remedy)
  }

  /// The file, the reason and the remedy.
  package var explanation: Explanation { Explanation("'\(path)': \(reason)", remedy) }
  package var errorClass: ErrorClass { .data }
}
