import DynamoJournalExpressions
import DynamoJournalProgram

/// Why a file, or the options of a change, can't be used as a migration: found before anything is journaled.
package struct DefinitionError: ExplainedError, Hashable, Sendable {
  /// One sentence that begins with the place: file, line and column, or the option.
  package let sentence: String
  /// What to do; nil where the sentence says it.
  package let remedy: String?
  /// The line with a caret under the place; nil where there is none to show.
  package let excerpt: String?
  /// Whether it is about what was typed rather than about a file.
  package let isUsage: Bool

  /// An error.
  package init(_ sentence: String, remedy: String? = nil, excerpt: String? = nil, isUsage: Bool = false) {
    self.sentence = sentence
    self.remedy = remedy
    self.excerpt = excerpt
    self.isUsage = isUsage
  }

  /// The error of an expression, at its place.
  package init(_ error: ExpressionError) {
    self.init(
      "\(error.place.position): \(error.problem)", remedy: error.remedy, excerpt: error.place.excerpt.shown,
      isUsage: error.place.file == nil)
  }

  /// A problem with an expression as a whole, at its beginning.
  package init(_ source: ExpressionSource, _ problem: String) {
    let place = source.beginning
    self.init(
      "\(place.position): \(problem)", excerpt: place.excerpt.shown, isUsage: place.file == nil)
  }

  /// The sentence and, below it, the place.
  package var description: String { explanation.description + (excerpt.map { "\n" + $0 } ?? "") }

  package var explanation: Explanation { Explanation(sentence, remedy) }
  package var errorClass: ErrorClass { isUsage ? .usage : .validation }
  package var exitStatus: ExitStatus { isUsage ? .usage : .refused }
}

extension Excerpt {
  /// The excerpt, where there is anything to see in it.
  fileprivate var shown: String? { line.allSatisfy(\.isWhitespace) ? nil : text }
}
