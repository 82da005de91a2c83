import CDynamoJournalZlib

/// Bytes in zlib's format (RFC 1950), one piece at a time.
package enum Zlib {
  /// The bytes, compressed fast.
  package static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var size = compressBound(uLong(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(size))
    let code = result.withUnsafeMutableBufferPointer { target in
      bytes.withUnsafeBufferPointer {
        compress2(target.baseAddress, &size, $0.baseAddress, uLong($0.count), Z_BEST_SPEED)
      }
    }
    precondition(code == Z_OK, "the buffer is as large as zlib asks for")
    return Array(result.prefix(Int(size)))
  }

  /// So many bytes, uncompressed; nil when it is not what `compressed` made of so many.
  ///
  /// - Parameter size: which also bounds what is taken.
  package static func uncompressed(_ bytes: [UInt8], size: Int) -> [UInt8]? {
    var count = uLong(size)
    var result = [UInt8](repeating: 0, count: max(1, size))
    let code = result.withUnsafeMutableBufferPointer { target in
      bytes.withUnsafeBufferPointer {
        uncompress(target.baseAddress, &count, $0.baseAddress, uLong($0.count))
      }
    }
    guard code == Z_OK, Int(count) == size else { return nil }
    return Array(result.prefix(size))
  }
}
