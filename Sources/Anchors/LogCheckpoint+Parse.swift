import Foundation

extension LogCheckpoint {
  /// Reads a checkpoint's text; what is accepted is exactly what `text` writes.
  ///
  /// - Throws: `LogCheckpointError`: the first rule that the text breaks.
  package init(parsing bytes: [UInt8]) throws(LogCheckpointError) {
    guard bytes.count <= Self.maximumLength else { throw .tooLong(bytes.count) }
    guard !bytes.contains(UInt8(ascii: "\r")) else { throw .carriageReturn }
    guard bytes.last == UInt8(ascii: "\n") else { throw .noFinalLineFeed }
    let lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count >= 3 else { throw .tooFewLines(lines.count) }
    // The rule allows further lines ("extension lines", and signatures behind an empty one) and advises against them:
    // they would be signed, or look so, without anybody's checking them.
    guard lines.count == 3 else { throw .furtherLines(lines.count - 3) }
    try self.init(
      journalID: Self.journalID(lines[0]), size: Self.size(lines[1]), head: Self.head(lines[2]))
  }

  private static func journalID(_ line: ArraySlice<UInt8>) throws(LogCheckpointError) -> String {
    let origin = String(decoding: line, as: UTF8.self)
    guard origin.utf8.elementsEqual(line), origin.hasPrefix(originPrefix) else {
      throw .foreignOrigin(origin)
    }
    return String(origin.dropFirst(originPrefix.count))
  }

  private static func size(_ line: ArraySlice<UInt8>) throws(LogCheckpointError) -> Int64 {
    let text = String(decoding: line, as: UTF8.self)
    // One spelling for each number: what is read is written back the same. That excludes signs and leading zeros.
    guard let size = Int64(text), size >= 0, String(size).utf8.elementsEqual(line) else {
      throw .badSize(text)
    }
    return size
  }

  private static func head(_ line: ArraySlice<UInt8>) throws(LogCheckpointError) -> [UInt8] {
    // Foundation ignores bits that belong to no byte, so the text is compared with the one spelling of RFC 4648.
    guard let data = Data(base64Encoded: Data(line)), data.count == headLength,
      data.base64EncodedString().utf8.elementsEqual(line)
    else { throw .badHead }
    return [UInt8](data)
  }
}
