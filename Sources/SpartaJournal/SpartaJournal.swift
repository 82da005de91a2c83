// The author's door: all that a migration is written with, by one import. What these modules declare `public` is what an
// author sees; the rest of them is `package`, and seen by this package alone.
@_exported import DynamoJournalEvents
@_exported import DynamoJournalJSON
@_exported import DynamoJournalRunner
@_exported import DynamoJournalTables
