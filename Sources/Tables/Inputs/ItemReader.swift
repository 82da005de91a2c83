import DynamoJournalJSON

/// Reads the items of a file in bounded memory, in any form that AWS's tools write items of DynamoDB JSON in.
///
/// Those are lines of an export to S3 (`{"Item":{…}}`), bare items, arrays of items, the output of `scan`, `query` and
/// `get-item` (one page or many), and requests of `batch-write-item`; plain or gzip'd, on one line or on many.
/// Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html,
/// https://docs.aws.amazon.com/cli/latest/reference/dynamodb/scan.html and batch-write-item.html
package final class ItemReader {
  /// What the elements of an array are.
  enum Elements {
    /// Items; those of a scan come with the name `Items`.
    case items
    /// `{"PutRequest":{"Item":{…}}}`
    case requests
  }

  let file: ItemFile
  let table: String
  var pieces: JSONPieces
  /// The array whose elements come next.
  private var elements: (kind: Elements, isInObject: Bool)?
  /// Items that were read and not handed on yet, as many as one request has.
  var waiting: [[UInt8]] = []
  /// The table that requests named, since one file of them may be for several.
  var requestedTable: String?
  private var hasBegun = false
  private var isEmptyArray = false
  /// The line that the last item begins in, from 1.
  package private(set) var line = 1
  /// How many items were read.
  private(set) var number = 0
  /// Whether items stand in arrays, so that many may be on one line.
  private var hasArrays = false
  /// Whether the text says that it is not all of the table: a page of a scan was the last of a file, and not of the scan.
  package private(set) var isCutOff = false

  /// Opens a file.
  ///
  /// - Parameter table: the table that is to have the items, for advice.
  /// - Throws: `FileError`.
  package init(_ file: ItemFile, table: String) throws(FileError) {
    self.file = file
    self.table = table
    let bytes = try FileBytes(path: file.path)
    pieces = JSONPieces { try bytes.next() }
  }

  /// Where the item that was read last stands.
  package var place: String { words(line: line, number: number) }

  func words(line: Int, number: Int) -> String { "line \(line)" + (hasArrays ? ", item \(number)" : "") }

  /// The next item; nil after the last.
  ///
  /// - Throws: `FileError` that names the line, and the form of a file of something else.
  package func next() throws -> Item? {
    number += 1
    do {
      if !hasBegun { try begin() }
      while true {
        if !waiting.isEmpty { return try item(waiting.removeFirst()) }
        if let elements {
          if let item = try element(elements.kind, isInObject: elements.isInObject) { return item }
          continue
        }
        guard let byte = try pieces.significantByte() else { return nil }
        line = pieces.line
        if let item = try value(byte) { return item }
      }
    } catch let error as FileError { throw error.renamed(file.name) }
  }

  private func begin() throws {
    hasBegun = true
    let start = try pieces.start(ForeignForm.startSize)
    if let form = ForeignForm(start: start, file: file.typed) { throw refusal(form) }
    if start.starts(with: ForeignForm.byteOrderMark) { pieces.skip(ForeignForm.byteOrderMark.count) }
  }

  // MARK: Values

  private func value(_ byte: UInt8) throws -> Item? {
    switch byte {
    case UInt8(ascii: "["):
      pieces.skip(1)
      hasArrays = true
      elements = (.items, false)
      return nil
    case UInt8(ascii: "{"):
      isCutOff = false
      let (bytes, end) = try pieces.value(stopsAtArrays: true)
      switch end {
      case .whole: return try object(bytes)
      case .array: try beginArray(after: bytes)
      case .broken, .endless: throw broken(bytes, end)
      }
      return nil
    default:
      let rest = try pieces.restOfLine()
      let words =
        rest.first == UInt8(ascii: ",")
        ? "a comma stands between two items: write one item a line, or an array" : "it is not JSON"
      throw error(words)
    }
  }

  /// An array in an object: the items of a scan, or the requests for a table.
  private func beginArray(after bytes: [UInt8]) throws {
    let name = String(decoding: pieces.memberName, as: UTF8.self)
    hasArrays = true
    // The text up to here, as an object that ends with an empty array.
    let before = try members(bytes + Array("]}".utf8)).filter { $0.name != name }
    if name == "Items" {
      try look(at: before)
      elements = (.items, true)
      return
    }
    let names = Set(before.map(\.name) + [name])
    if let form = JSONForm.named(names, file: file.typed, table: table) { throw refusal(form) }
    // A file of requests has nothing but tables and their arrays in it.
    guard before.isEmpty else { throw refusal(JSONForm.plain(file: file.typed)) }
    try expect(table: name)
    elements = (.requests, true)
    isEmptyArray = true
  }

  /// Members beside the items of a scan: what nobody's `scan` or `query` answers is somebody's own JSON.
  ///
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html, "Response Elements"; the rest is what
  /// the command line and the SDKs add.
  private func look(at members: [JSONValue.Member]) throws {
    let known: Set = [
      "Count", "ScannedCount", "LastEvaluatedKey", "ConsumedCapacity", "NextToken", "ResponseMetadata",
      "$metadata",
    ]
    guard members.allSatisfy({ known.contains($0.name) }) else {
      throw refusal(JSONForm.plain(file: file.typed))
    }
    let marks = members.filter { ["NextToken", "LastEvaluatedKey"].contains($0.name) && $0.value != .null }
    if !marks.isEmpty { isCutOff = true }
  }

  private func members(_ bytes: [UInt8]) throws -> [JSONValue.Member] {
    guard let members = (try? JSONValue(parsing: bytes))?.objectValue else {
      throw error("what stands beside its items is not JSON")
    }
    return members
  }

  // MARK: Elements

  private func element(_ kind: Elements, isInObject: Bool) throws -> Item? {
    guard let byte = try pieces.significantByte() else {
      throw error("the array of items has no end: the file is cut off")
    }
    switch byte {
    case UInt8(ascii: ","):
      pieces.skip(1)
      return nil
    case UInt8(ascii: "]"):
      pieces.skip(1)
      elements = nil
      if kind == .requests && isEmptyArray { throw refusal(JSONForm.plain(file: file.typed)) }
      if isInObject { try restOfObject(kind) }
      return nil
    case UInt8(ascii: "{"): break
    default: throw refusal(JSONForm.plain(file: file.typed, from: source(kind, isInObject)))
    }
    line = pieces.line
    let (bytes, end) = try pieces.value()
    guard end == .whole else { throw broken(bytes, end) }
    isEmptyArray = false
    return kind == .items ? try object(bytes, from: source(kind, isInObject)) : try request(bytes)
  }

  private func source(_ kind: Elements, _ isInObject: Bool) -> JSONForm.Source {
    isInObject ? (kind == .items ? .scan : .object) : .array
  }

  /// What comes behind an array in its object: members without items, or another array.
  private func restOfObject(_ kind: Elements) throws {
    let (read, end) = try pieces.value(depth: 1, stopsAtArrays: true)
    // As an object, so that its members can be read.
    let bytes = [UInt8(ascii: "{")] + read.drop { [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ",")].contains($0) }
    switch end {
    case .array: try beginArray(after: bytes)
    case .broken, .endless: throw broken(bytes, end)
    case .whole:
      let rest = try members(bytes)
      if kind == .items { return try look(at: rest) }
      guard rest.isEmpty else { throw refusal(JSONForm.plain(file: file.typed)) }
    }
  }

  // MARK: Errors

  func refusal(_ form: ForeignForm) -> FileError {
    FileError(path: file.name, reason: "it is \(form.name)", remedy: form.remedy)
  }

  func error(_ reason: String, remedy: String? = nil) -> FileError {
    FileError(path: file.name, reason: "\(place): \(reason)", remedy: remedy)
  }

  private func broken(_ bytes: [UInt8], _ end: JSONPieces.End) -> FileError {
    if end == .endless { return error("what begins here is longer than 16 MiB, so it is no item") }
    let detail = (try? JSONValue(parsing: bytes)) == nil ? Self.words(bytes) : "unexpected end"
    return error("what begins here does not end as JSON (\(detail))")
  }

  private static func words(_ bytes: [UInt8]) -> String {
    do { _ = try JSONValue(parsing: bytes) } catch let error as JSONError { return error.kind.words } catch {}
    return "unexpected end"
  }
}

/// A file of items.
package struct ItemFile: Hashable, Sendable {
  /// Where it is read.
  package let path: String
  /// What it is called in messages.
  package let name: String
  /// How many items it has by what came with it; nil where nothing says.
  package let items: Int?

  /// A file.
  package init(path: String, name: String? = nil, items: Int? = nil) {
    self.path = path
    self.name = name ?? path
    self.items = items
  }

  /// As it is typed in a command; what came through a pipe has no name.
  var typed: String { name == SpooledFile.standardInput ? "FILE" : name }
}

extension FileError {
  fileprivate func renamed(_ name: String) -> FileError {
    FileError(path: name, reason: reason, remedy: remedy)
  }
}
