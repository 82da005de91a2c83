import DynamoJournalJSON
import DynamoJournalTables

/// A line of the program.
package enum ProgramReply: Hashable, Sendable {
  /// The answer to an item.
  case answer(id: Int, ProgramAnswer)
  /// A question about an item of a table.
  case get(id: Int, table: String, key: Item)
}

/// What the program makes of an item.
package struct ProgramAnswer: Hashable, Sendable {
  /// What becomes of the item.
  package enum After: Hashable, Sendable {
    /// It stays.
    case unchanged
    /// It goes.
    case deleted
    /// It is this.
    case image(Item)
  }
  /// An image in a table, in one unit with the item.
  package struct Also: Hashable, Sendable {
    /// The table.
    package var table = ""
    /// The key, where it is given; it must be where the item goes.
    package var key: Item?
    /// The item; nil when it goes.
    package var after: Item?
  }
  /// A finding.
  package struct Note: Hashable, Sendable {
    /// A word for it.
    package var code = ""
    /// A sentence.
    package var message = ""
  }

  /// What becomes of the item.
  package var after = After.unchanged
  /// Images in tables.
  package var also: [Also] = []
  /// Findings.
  package var notes: [Note] = []
  /// Why it has no answer.
  package var error: String?

  /// The item stays as it is.
  package init() {}
}

extension ProgramAnswer {
  /// Where two answers differ, in names alone; nil when they are the same.
  package func difference(from other: ProgramAnswer) -> String? {
    if self == other { return nil }
    if case .image(let left) = after, case .image(let right) = other.after, left != right {
      let names = Set(left.names + right.names).sorted().filter { left[$0] != right[$0] }
      return "attribute " + names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    }
    if after != other.after { return "whether the item is changed, deleted or left" }
    if also != other.also { return "the images under 'also'" }
    return notes != other.notes ? "the notes" : "the error"
  }
}
