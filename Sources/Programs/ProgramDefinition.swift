import DynamoJournalExpressions
import DynamoJournalJSON
import DynamoJournalRunner
import DynamoJournalTables

/// A migration whose plan a program makes: what stands in its file.
package struct ProgramDefinition: Sendable {
  /// What a program's error about an item does.
  package enum OnError: Sendable {
    /// The plan stops.
    case fail
    /// The item stays as it is, with a note.
    case note
  }

  /// The migration's name.
  package var name: String
  /// One line for `list`.
  package var summary: String
  /// The variables that name the table: the first that is set wins.
  package var tableVariables: [String]
  /// The table's name when none of them is set.
  package var tableDefault: String?
  /// Which items the program gets; nil for all.
  package var condition: Condition?
  /// The program and its arguments.
  package var command: [String]
  /// The folder that it works in, and that paths in `command` are relative to: the one of the migration's file.
  package var folder: String
  /// The names of the variables that it gets.
  package var environment: [String] = []
  /// Handed over in `start`.
  package var params: [JSONValue.Member] = []
  /// Replies from outside, handed over in `start` by their names.
  package var inputs: [Input] = []
  /// Seconds without an answer after which the program counts as hung.
  package var timeout = 30
  /// What its error about an item does.
  package var onError = OnError.fail
  /// What holds for every selected item of the table afterwards.
  package var expect: Condition?
  /// What is looked for in every item of the table, selected or not, and what is said of those.
  package var findings: [Finding] = []
  /// The values of `condition`'s, `expect`'s and the findings' variables, besides the run's own.
  package var bindings: [String: AttributeValue] = [:]
  /// A plan of more changes is not applied.
  package var maxChanges: Int?
  /// A plan that deletes a larger share of the items that were looked at is not applied.
  package var maxDeleteShare: Double?
  /// The text of the migration's file, which the digest covers.
  package var text: [UInt8] = []
  /// How many units `TEST_MODE` plans.
  package var testLimit = 10

  /// A finding.
  package struct Finding: Sendable {
    /// Which items have it.
    package let condition: Condition
    /// What is said of them.
    package let text: String

    /// A finding.
    package init(condition: Condition, text: String) { (self.condition, self.text) = (condition, text) }
  }

  /// A reply from outside.
  package struct Input: Sendable {
    /// Its name in `start`.
    package let name: String
    /// The request.
    package let request: @Sendable (Settings) throws -> InputRequest

    /// A reply from outside.
    package init(name: String, request: @escaping @Sendable (Settings) throws -> InputRequest) {
      (self.name, self.request) = (name, request)
    }
  }

  /// A definition with the usual bounds.
  package init(
    name: String, summary: String, tableVariables: [String] = [], tableDefault: String?,
    condition: Condition? = nil, command: [String], folder: String
  ) {
    (self.name, self.summary) = (name, summary)
    (self.tableVariables, self.tableDefault) = (tableVariables, tableDefault)
    (self.condition, self.command, self.folder) = (condition, command, folder)
  }
}
