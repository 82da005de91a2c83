import DynamoJournalEvents

/// A migration that a text defines rather than the program: the journal keeps the text, so that a run goes on from it whatever
/// has become of the file.
package protocol DefinedMigration: Migration {
  /// The text.
  var definition: RunDefinition { get }
}
