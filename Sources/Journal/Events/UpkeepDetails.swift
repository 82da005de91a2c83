import DynamoJournalTables

// What is journaled about backups, approvals and the journal itself.

/// `restored`: which backup went into which new table.
package struct RestoredDetail: Codable, Hashable, Sendable {
  /// The table that the backup is of.
  package var table: String
  /// The new table.
  package var into: String
  /// The backup's ARN.
  package var backup: String
  /// How many items the new table holds.
  package var items: Int
  /// Why, in the words of whoever asked for it.
  package var reason: String?

  /// The detail of a `restored` event.
  package init(table: String, into: String, backup: String, items: Int, reason: String?) {
    self.table = table
    self.into = into
    self.backup = backup
    self.items = items
    self.reason = reason
  }
}

/// `approved`: a signature over the plan's digest.
package struct ApprovedDetail: Codable, Hashable, Sendable {
  /// The digest of the plan that was signed.
  package var digest: String
  /// The text that was signed.
  package var text: String
  /// The signature, as `ssh-keygen -Y sign` writes it.
  package var signature: String
  /// The fingerprint of the key that signed.
  package var fingerprint: String

  /// The detail of an `approved` event.
  package init(digest: String, text: String, signature: String, fingerprint: String) {
    self.digest = digest
    self.text = text
    self.signature = signature
    self.fingerprint = fingerprint
  }
}

/// `upgraded`: the format of the events before.
package struct UpgradedDetail: Codable, Hashable, Sendable {
  /// The format that the events before this one are of.
  package var from: Int
}

/// `recovered`: what was put aside, and why.
package struct RecoveredDetail: Codable, Hashable, Sendable {
  /// How many events were kept as they are.
  package var kept: Int64
  /// The file that holds all that was found; nil where the events had been lost before, and somebody went on without them.
  package var evidence: String?
  /// The first event that is not what was written; nil when the events were right and something else was not.
  package var firstBad: Int64?
  /// What was wrong.
  package var flaw: String
  /// The hash of the last event that the file had, in hexadecimal; nil where it could not be read.
  package var head: String?
  /// Why, in the words of whoever recovered it.
  package var reason: String
}

/// `erased`: what was taken out for good.
package struct ErasedDetail: Codable, Hashable, Sendable {
  /// What was asked for, in words that name no value: `table operators, one key`.
  package var what: String
  /// How many events lost a value.
  package var events: Int
  /// The numbers of the runs that lost a value.
  package var runs: [Int64]
  /// `sha256:` and the digest over what is left in all events that lost a value, in this erasure or an earlier one.
  package var remaining: String
  /// The names of files beside the journal that held the same events and were deleted; nil where there were none.
  package var deleted: [String]?
  /// Why, in the words of whoever asked for it.
  package var reason: String
}
