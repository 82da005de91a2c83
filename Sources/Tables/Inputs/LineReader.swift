/// Reads a file line by line, plain or gzip'd, in bounded memory.
package final class LineReader {
  /// Longest line: an item of 400 KB in DynamoDB JSON, every byte escaped, is well below.
  static let maximumLineBytes = 16 << 20

  private let path: String
  private let file: FileBytes
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
    file = try FileBytes(path: path)
  }

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
    guard let piece = try file.next() else {
      isAtEnd = true
      return false
    }
    buffer += piece
    return true
  }
}
