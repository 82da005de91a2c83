import DynamoJournalProgram
import CDynamoJournalZlib

/// Reads a file line by line, plain or gzip'd, in bounded memory.
///
/// zlib tells the two apart by the file's first bytes and checks gzip's own checksum (RFC 1952).
package final class LineReader {
  /// Longest line: an item of 400 KB in DynamoDB JSON, every byte escaped, is well below.
  static let maximumLineBytes = 16 << 20

  private let path: String
  private let file: gzFile
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  /// The number of the line that was read last, from 1.
  package private(set) var lineNumber = 0

  /// Opens a file.
  ///
  /// - Throws: `FileError`.
  package init(path: String) throws {
    self.path = path
    if FileKind.waitsForOthers(path) {
      throw FileError(path: path, reason: "it is a pipe, a socket or a device: name a file")
    }
    guard let file = gzopen(path, "rb") else {
      throw FileError(path: path, reason: "it can't be opened: check the path and its permissions")
    }
    self.file = file
    gzbuffer(file, 1 << 17)
  }

  deinit { gzclose(file) }

  /// The next line without its end, or nil after the last.
  ///
  /// - Throws: `FileError` when the file is damaged or a line has no end within 16 MiB.
  package func next() throws -> [UInt8]? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        return line(position..<end)
      }
      searched = buffer.count - position
      if try !fill() { break }
    }
    guard position < buffer.count else { return nil }
    defer { position = buffer.count }
    return line(position..<buffer.count)
  }

  private func line(_ range: Range<Int>) -> [UInt8] {
    lineNumber += 1
    let bytes = buffer[range]
    return Array(bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes)
  }

  /// Drops what was read and reads more behind the rest; false at the file's end.
  private func fill() throws -> Bool {
    buffer.removeFirst(position)
    position = 0
    guard !isAtEnd else { return false }
    guard buffer.count < Self.maximumLineBytes else {
      throw FileError(
        path: path, reason: "line \(lineNumber + 1) is longer than 16 MiB: it is not a file of items")
    }
    var piece = [UInt8](repeating: 0, count: 1 << 17)
    let count = piece.withUnsafeMutableBytes { gzread(file, $0.baseAddress, UInt32($0.count)) }
    var code: Int32 = Z_OK
    let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
    guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
      throw FileError(
        path: path, reason: "it can't be read to its end (\(message)): it is cut off or damaged")
    }
    isAtEnd = count == 0
    buffer += piece.prefix(Int(count))
    return count > 0
  }
}

/// What is wrong with a file of items.
package struct FileError: ExplainedError, Hashable, Sendable {
  /// The file.
  package let path: String
  /// What is wrong, and what to do.
  package let reason: String

  /// An error.
  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The file and the reason.
  package var explanation: Explanation { Explanation("'\(path)': \(reason)") }
  package var errorClass: ErrorClass { .data }
}
