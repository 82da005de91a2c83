// Whoever works with tables works with the addresses of the servers that have them.
@_exported import DynamoJournalAddresses
