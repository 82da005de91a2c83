import DynamoJournalJSON
import DynamoJournalTables

extension ProgramReply {
  /// Images and keys of one answer.
  static let maximumAlso = 1_000
  /// Notes of one answer.
  static let maximumNotes = 100
  /// Characters of a message.
  static let maximumMessage = 1_000

  /// Reads a line.
  ///
  /// - Throws: `ProgramFault.badLine`, with a reason that holds no value.
  package init(line: [UInt8]) throws(ProgramFault) {
    do {
      self = try ProgramReplyReader(line).reply()
    } catch let fault as ProgramFault {
      throw fault
    } catch { throw .badLine("\(error)") }
  }
}

/// Reads one line of the program.
private struct ProgramReplyReader {
  private let line: [UInt8]
  private var id: Int?
  private var type: String?
  private var table: String?
  private var key: Item?
  private var answer = ProgramAnswer()
  private var hasAnswer = false
  private var seen: Set<String> = []

  init(_ line: [UInt8]) { self.line = line }

  func reply() throws -> ProgramReply {
    var copy = self
    var reader = JSONReader(line, maximumDepth: 128)
    try reader.forEachMember { name, reader in try copy.member(name, &reader) }
    _ = try reader.next()
    return try copy.finished()
  }

  private mutating func member(_ name: String, _ reader: inout JSONReader) throws {
    guard seen.insert(name).inserted else { throw bad("'\(name)' stands in it twice") }
    switch name {
    case "id": id = try identifier(&reader)
    case "type": type = try string(&reader, name)
    case "table": table = try string(&reader, name)
    case "key": key = try item(&reader, name)
    case "after":
      hasAnswer = true
      answer.after = try item(&reader, name).map { .image($0) } ?? .deleted
    case "also":
      hasAnswer = true
      answer.also = try list(&reader, ProgramReply.maximumAlso, name) { try also(&$0) }
    case "notes":
      hasAnswer = true
      answer.notes = try list(&reader, ProgramReply.maximumNotes, name) { try note(&$0) }
    case "error":
      answer.error = String(try string(&reader, name).prefix(ProgramReply.maximumMessage))
    default: throw bad("the protocol knows no '\(name.prefix(40))'")
    }
  }

  private func finished() throws -> ProgramReply {
    guard let id else { throw bad("it has no 'id'") }
    switch type {
    case nil:
      if table != nil || key != nil { throw bad("'table' and 'key' belong to a get") }
      if answer.error != nil && hasAnswer { throw bad("'error' stands beside an answer") }
      return .answer(id: id, answer)
    case "get":
      guard let table, let key, !hasAnswer, answer.error == nil else {
        throw bad("a get has 'id', 'table' and 'key' and nothing else")
      }
      return .get(id: id, table: table, key: key)
    case .some: throw bad("its 'type' is not 'get'")
    }
  }

  // MARK: Parts

  private func also(_ reader: inout JSONReader) throws -> ProgramAnswer.Also {
    var image = ProgramAnswer.Also()
    var names: Set<String> = []
    try reader.forEachMember { name, reader in
      guard names.insert(name).inserted else { throw bad("'\(name)' stands in 'also' twice") }
      switch name {
      case "table": image.table = try string(&reader, "table")
      case "key": image.key = try item(&reader, "key")
      case "after": image.after = try item(&reader, "after")
      default: throw bad("'also' knows no '\(name.prefix(40))'")
      }
    }
    guard names.contains("table"), names.contains("after") else {
      throw bad("'also' needs 'table' and 'after'")
    }
    return image
  }

  private func note(_ reader: inout JSONReader) throws -> ProgramAnswer.Note {
    var note = ProgramAnswer.Note()
    try reader.forEachMember { name, reader in
      switch name {
      case "code": note.code = try string(&reader, "code")
      case "message":
        note.message = String(try string(&reader, "message").prefix(ProgramReply.maximumMessage))
      default: throw bad("a note knows no '\(name.prefix(40))'")
      }
    }
    guard (1...64).contains(note.code.utf8.count), !note.message.isEmpty else {
      throw bad("a note needs a 'code' of 1 to 64 characters and a 'message'")
    }
    return note
  }

  private func list<Element>(
    _ reader: inout JSONReader, _ limit: Int, _ name: String, _ body: (inout JSONReader) throws -> Element
  ) throws -> [Element] {
    var elements: [Element] = []
    try reader.forEachElement { reader in
      guard elements.count < limit else { throw bad("'\(name)' has more than \(limit) elements") }
      elements.append(try body(&reader))
    }
    return elements
  }

  private func identifier(_ reader: inout JSONReader) throws -> Int {
    guard case .number(let text)? = try reader.next(), let id = Int(text) else {
      throw bad("'id' is not a whole number")
    }
    return id
  }

  private func string(_ reader: inout JSONReader, _ name: String) throws -> String {
    guard case .string(let text)? = try reader.next() else { throw bad("'\(name)' is not a string") }
    return text
  }

  /// An item in DynamoDB JSON, or nil for `null`.
  private func item(_ reader: inout JSONReader, _ name: String) throws -> Item? {
    let start = reader.offset
    try reader.skipValue()
    let bytes = Array(line[start..<reader.offset])
    if bytes.drop(while: { $0 == 0x20 || $0 == 0x09 }).elementsEqual("null".utf8) { return nil }
    do {
      return try DynamoDBJSON.item(from: bytes)
    } catch { throw bad("'\(name)' is not an item in DynamoDB JSON: \(error)") }
  }

  private func bad(_ reason: String) -> ProgramFault { .badLine(reason) }
}
