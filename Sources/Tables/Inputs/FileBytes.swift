import CDynamoJournalZlib
import DynamoJournalProgram

/// Reads a file piece by piece, plain or gzip'd.
///
/// zlib tells the two apart by the file's first bytes and checks gzip's own checksum (RFC 1952).
package final class FileBytes {
  private let path: String
  private let file: gzFile
  private static let pieceSize = 1 << 17

  /// Opens a file.
  ///
  /// - Throws: `FileError`.
  package init(path: String) throws(FileError) {
    self.path = path
    if FileKind.waitsForOthers(path) {
      throw FileError(path: path, reason: "it is a pipe, a socket or a device", remedy: "name a file")
    }
    if FileKind.isFolder(path) {
      throw FileError(path: path, reason: "it is a folder", remedy: "name the files in it")
    }
    guard let file = gzopen(path, "rb") else {
      throw FileError(path: path, reason: "it can't be opened", remedy: "check the path and its permissions")
    }
    self.file = file
    gzbuffer(file, UInt32(Self.pieceSize))
  }

  deinit { gzclose(file) }

  /// The next piece, uncompressed; nil at the file's end.
  ///
  /// - Throws: `FileError` when the file is damaged.
  package func next() throws(FileError) -> [UInt8]? {
    var piece = [UInt8](repeating: 0, count: Self.pieceSize)
    let count = piece.withUnsafeMutableBytes { gzread(file, $0.baseAddress, UInt32($0.count)) }
    var code: Int32 = Z_OK
    let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
    guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
      throw FileError(
        path: path, reason: "it can't be read to its end (\(message))",
        remedy: "it is cut off or damaged, so fetch or make it again")
    }
    return count == 0 ? nil : Array(piece.prefix(Int(count)))
  }
}
