import DynamoJournalEvents
import DynamoJournalTables

/// What is to become of one item.
struct ItemOutcome: Sendable {
  /// A finding about it.
  struct Note: Sendable {
    let category: NoteDetail.Category
    let code: String
    let message: String
  }

  /// What happens to the item itself; nil for nothing.
  var change: Change?
  /// What is put elsewhere.
  var puts: [Item] = []
  /// The clauses that change something.
  var clauses: [String] = []
  /// What is said of it.
  var notes: [Note] = []

  /// Whether there is nothing to plan or to say.
  var isEmpty: Bool { change == nil && puts.isEmpty && notes.isEmpty }
}

/// Outcomes as bytes, since more of them may have to wait than memory holds: pieces behind their lengths.
///
/// Images are in the form that the journal keeps, so that what is only planned is never read again.
struct EncodedOutcome: Sendable {
  private enum Piece: UInt8 {
    case before = 1, after, put, clause, note
  }

  /// The image before, as canonical JSON.
  private(set) var before: [UInt8]?
  /// The image after, as canonical JSON.
  private(set) var after: [UInt8]?
  private var puts: [[UInt8]] = []
  /// The clauses that change something.
  private(set) var clauses: [String] = []
  /// What is said of the item.
  private(set) var notes: [ItemOutcome.Note] = []

  /// The bytes of an outcome.
  static func bytes(_ outcome: ItemOutcome) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    if let before = outcome.change?.before {
      append(.before, to: &bytes) { DynamoDBJSON.append(before, to: &$0) }
    }
    if let after = outcome.change?.after {
      append(.after, to: &bytes) { DynamoDBJSON.append(after, to: &$0) }
    }
    for item in outcome.puts { append(.put, to: &bytes) { DynamoDBJSON.append(item, to: &$0) } }
    for clause in outcome.clauses { append(.clause, to: &bytes) { $0 += clause.utf8 } }
    for note in outcome.notes {
      for text in [note.category.rawValue, note.code, note.message] {
        append(.note, to: &bytes) { $0 += text.utf8 }
      }
    }
    // Many of them wait, so none keeps room that it does not fill.
    return Array(bytes[...])
  }

  private static func append(_ piece: Piece, to bytes: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
    bytes.append(piece.rawValue)
    let start = bytes.count
    bytes += [0, 0, 0, 0]
    write(&bytes)
    let count = UInt32(bytes.count - start - 4)
    for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: count >> (8 * UInt32(index))) }
  }

  /// Reads what `bytes` has made.
  init(_ bytes: [UInt8]) {
    var texts: [String] = []
    var place = 0
    while place + 5 <= bytes.count {
      let count = (0..<4).reduce(0) { $0 | Int(bytes[place + 1 + $1]) << (8 * $1) }
      let content = bytes[(place + 5)..<(place + 5 + count)]
      switch Piece(rawValue: bytes[place]) {
      case .before: before = Array(content)
      case .after: after = Array(content)
      case .put: puts.append(Array(content))
      case .clause: clauses.append(String(decoding: content, as: UTF8.self))
      case .note: texts.append(String(decoding: content, as: UTF8.self))
      case nil: break
      }
      place += 5 + count
    }
    for index in stride(from: 0, to: texts.count - 2, by: 3) {
      let category = NoteDetail.Category(rawValue: texts[index]) ?? .data
      notes.append(ItemOutcome.Note(category: category, code: texts[index + 1], message: texts[index + 2]))
    }
  }

  /// The outcome, with its images read.
  func outcome(table: String, key: Key) throws -> ItemOutcome {
    var outcome = ItemOutcome(clauses: clauses, notes: notes)
    outcome.puts = try puts.map(DynamoDBJSON.item(from:))
    let images = try [before, after].map { try $0.map(DynamoDBJSON.item(from:)) }
    if before != nil || after != nil {
      outcome.change = Change(table: table, key: key, before: images[0], after: images[1])
    }
    return outcome
  }
}
