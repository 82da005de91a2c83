import Crypto
import DynamoJournalTables

/// The text that defines the migration of a run, where that is not the program itself: a file, or the options of a change.
///
/// It is kept as an `input` event of the run, so that the chain covers it and a run goes on from the text that it began with.
package struct RunDefinition: Hashable, Sendable {
  /// The input's name. Replies have names that migrations give them; none of those begins with a bracket.
  static let inputName = "(definition)"

  /// Where the text is from, fit for messages: a path, or the command's name.
  package let source: String
  /// The text, in a form that only whoever defined the migration reads.
  package let bytes: [UInt8]

  /// A definition.
  package init(source: String, bytes: [UInt8]) {
    self.source = source
    self.bytes = bytes
  }

  /// One event: definitions are far smaller than a piece of an input.
  var drafts: [EventDraft] {
    get throws {
      let detail = InputDetail(
        name: Self.inputName, piece: 0, last: true, source: source, size: bytes.count,
        digest: "sha256:" + Hexadecimal.text(Array(SHA256.hash(data: bytes))))
      var draft = try EventDraft(.input, detail)
      draft.body = Zlib.compressed(bytes)
      return [draft]
    }
  }
}

extension Journal {
  /// The text that defines the migration of a run; nil where the program itself has it, empty where it was erased.
  package func definition(of run: Int64) throws -> [UInt8]? {
    guard let pieces = try inputPieces(RunDefinition.inputName, of: run, after: 0) else { return nil }
    return try pieces.flatMap { try body(of: $0) }
  }
}
