import DynamoJournalTables

/// Addresses as they may be journaled and shown: a password, a path, a query or a fragment can hold a secret.
package enum SafeURL {
  /// An address as `WebAddress` shows it, a sentence for one that can't be read, and any other text as it is.
  package static func text(_ url: String) -> String {
    WebAddress.isMeant(by: url) ? WebAddress.shown(url) : url
  }
}
