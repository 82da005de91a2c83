import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables

/// A file of images, plain or gzip'd, as it is read for the journal: line by line, so that memory stays bounded.
struct ImageFile: InputSource {
  /// The file; `-` for standard input.
  let path: String
  /// Bytes that are handed on at once.
  private static let pieceSize = 256 << 10

  /// Hands on the lines, uncompressed.
  func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
    let reader: LineReader
    do { reader = try LineReader(path: path == "-" ? "/dev/stdin" : path) } catch { throw refusal(error) }
    var bytes: [UInt8] = []
    while var line = try next(reader) {
      if reader.lineNumber == 1, let form = Self.otherForm(line, path) {
        throw Refusal("'\(path)' is \(form.name)", remedy: form.remedy)
      }
      if reader.lineNumber == 1, line.starts(with: ForeignForm.byteOrderMark) { line.removeFirst(3) }
      bytes += line
      bytes.append(UInt8(ascii: "\n"))
      if bytes.count >= Self.pieceSize {
        try await piece(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    if !bytes.isEmpty { try await piece(bytes) }
  }

  private func next(_ reader: LineReader) throws -> [UInt8]? {
    do { return try reader.next() } catch { throw refusal(error) }
  }

  private func refusal(_ error: any Error) -> any Error {
    (error as? FileError).map { Refusal($0.explanation.problem, remedy: $0.explanation.remedy) } ?? error
  }

  /// What the file is, if it is something that people have instead of images.
  static func otherForm(_ line: [UInt8], _ path: String) -> ForeignForm? {
    let file = path == "-" ? "FILE" : path
    let start = Array(line.prefix(ForeignForm.startSize)) + [UInt8(ascii: "\n")]
    if let form = ForeignForm(start: start, file: file) { return form }
    return ForeignForm(itemsIn: line, file: file)
  }
}

/// Lines out of pieces.
struct PieceLines {
  private let pieces: () throws -> [UInt8]?
  private var rest: [UInt8] = []
  private var position = 0
  /// The number of the line that was read last, from 1.
  private(set) var number = 0

  init(_ pieces: @escaping () throws -> [UInt8]?) { self.pieces = pieces }

  /// The next line that is not blank; nil after the last.
  mutating func next() throws -> [UInt8]? {
    while let line = try any() {
      if line.contains(where: { $0 != 0x20 && $0 != 0x09 }) { return line }
    }
    return nil
  }

  private mutating func any() throws -> [UInt8]? {
    while true {
      if let end = rest[position...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        number += 1
        return Array(rest[position..<end])
      }
      rest.removeFirst(position)
      position = 0
      guard let piece = try pieces() else { return nil }
      rest += piece
    }
  }
}
