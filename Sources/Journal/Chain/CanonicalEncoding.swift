import Crypto

/// The bytes that hashes are taken over: docs/journal.md, "The chain".
///
/// NULL is the byte 0; a whole number is 1 and eight bytes, most significant first; text is 2, its length as eight bytes,
/// its UTF-8; a blob is 3, its length, its bytes. Every value carries its length, so that no two events share an encoding.
struct CanonicalEncoding {
  private(set) var bytes: [UInt8]

  init(startingWith bytes: [UInt8] = []) {
    self.bytes = bytes
    self.bytes.reserveCapacity(512)
  }

  mutating func add(_ value: Int64?) {
    guard let value else { return bytes.append(0) }
    bytes.append(1)
    add(bigEndian: UInt64(bitPattern: value))
  }

  mutating func add(_ value: Int?) { add(value.map(Int64.init)) }

  mutating func add(text: String?) {
    guard let text else { return bytes.append(0) }
    bytes.append(2)
    add(bigEndian: UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func add(text: [UInt8]?) { add(tag: 2, text) }

  mutating func add(blob: [UInt8]?) { add(tag: 3, blob) }

  /// A digest, as a blob of 32 bytes.
  mutating func add(digest: SHA256.Digest) {
    bytes.append(3)
    add(bigEndian: UInt64(SHA256.Digest.byteCount))
    digest.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  private mutating func add(tag: UInt8, _ content: [UInt8]?) {
    guard let content else { return bytes.append(0) }
    bytes.append(tag)
    add(bigEndian: UInt64(content.count))
    bytes.append(contentsOf: content)
  }

  private mutating func add(bigEndian value: UInt64) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// SHA-256 of what was added.
  var sha256: [UInt8] { Array(SHA256.hash(data: bytes)) }
}

/// Bytes as hexadecimal digits.
package enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Two lower-case digits a byte.
  package static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  static func bytes(_ text: String) -> [UInt8]? {
    let values = text.utf8.map { digits.firstIndex(of: $0) }
    guard values.count.isMultiple(of: 2), !values.contains(nil) else { return nil }
    let nibbles = values.compactMap { $0 }
    return stride(from: 0, to: nibbles.count, by: 2).map { UInt8(nibbles[$0] << 4 | nibbles[$0 + 1]) }
  }
}
