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
      if reader.lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
      if reader.lineNumber == 1, let form = Self.otherForm(line) {
        throw Refusal("'\(path)' is \(form): write DynamoDB JSON lines in UTF-8")
      }
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
    (error as? FileError).map { Refusal($0.description) } ?? error
  }

  /// What the file is, if it is something that people have instead of DynamoDB JSON.
  static func otherForm(_ line: [UInt8]) -> String? {
    if line.starts(with: [0xFF, 0xFE]) || line.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
    if line.starts(with: [0xE0, 0x01, 0x00, 0xEA]) || line.starts(with: "$ion_1_0".utf8) {
      return "Amazon Ion"
    }
    guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return nil }
    if first == UInt8(ascii: "[") { return "a JSON array" }
    return first != UInt8(ascii: "{") && line.contains(UInt8(ascii: ",")) ? "CSV" : nil
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
