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
extension ItemOutcome {
  private enum Piece: UInt8 {
    case before = 1, after, put, clause, note
  }

  /// The bytes.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    if let before = change?.before { Self.append(.before, DynamoDBJSON.bytes(before), to: &bytes) }
    if let after = change?.after { Self.append(.after, DynamoDBJSON.bytes(after), to: &bytes) }
    for item in puts { Self.append(.put, DynamoDBJSON.bytes(item), to: &bytes) }
    for clause in clauses { Self.append(.clause, Array(clause.utf8), to: &bytes) }
    for note in notes {
      for text in [note.category.rawValue, note.code, note.message] {
        Self.append(.note, Array(text.utf8), to: &bytes)
      }
    }
    return bytes
  }

  private static func append(_ piece: Piece, _ content: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(piece.rawValue)
    var rest = UInt32(content.count)
    for _ in 0..<4 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
    bytes += content
  }

  /// Reads what `bytes` has made.
  init(_ bytes: [UInt8], table: String, key: Key) throws {
    var (before, after): (Item?, Item?)
    var texts: [String] = []
    var place = 0
    while place + 5 <= bytes.count {
      let count = (0..<4).reduce(0) { $0 | Int(bytes[place + 1 + $1]) << (8 * $1) }
      let content = Array(bytes[(place + 5)..<(place + 5 + count)])
      switch Piece(rawValue: bytes[place]) {
      case .before: before = try DynamoDBJSON.item(from: content)
      case .after: after = try DynamoDBJSON.item(from: content)
      case .put: puts.append(try DynamoDBJSON.item(from: content))
      case .clause: clauses.append(String(decoding: content, as: UTF8.self))
      case .note: texts.append(String(decoding: content, as: UTF8.self))
      case nil: break
      }
      place += 5 + count
    }
    if before != nil || after != nil { change = Change(table: table, key: key, before: before, after: after) }
    for index in stride(from: 0, to: texts.count - 2, by: 3) {
      let category = NoteDetail.Category(rawValue: texts[index]) ?? .data
      notes.append(Note(category: category, code: texts[index + 1], message: texts[index + 2]))
    }
  }
}
