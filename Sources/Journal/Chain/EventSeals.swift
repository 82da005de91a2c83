import Crypto

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the column `seals` keeps for each of the five value columns, in their order:
///
/// - byte 0: the column is NULL;
/// - byte 1 and 16 bytes: the salt of the value that stands there;
/// - byte 2 and 32 bytes: the digest of the value that stood there and was erased; what stands there now, or NULL, is
///   covered by the last `erased` event instead;
///
/// or, for the whole row, the single byte 3: a row of format 1 whose values were erased, so that its hash can't be
/// computed any more and is covered by the last `erased` event, too. NULL: all five columns are.
///
/// The digest of a value is SHA-256 over its salt and its bytes. The salt goes with the value, so that a short value can't
/// be guessed from what stays.
enum EventSeals {
  static let saltSize = 16
  static let (null, salted, erased, wholeRow): (UInt8, UInt8, UInt8, UInt8) = (0, 1, 2, 3)

  /// One column's seal.
  enum Seal: Hashable {
    case null
    case salt(ArraySlice<UInt8>)
    case erased(ArraySlice<UInt8>)
  }

  /// Fresh seals for the values of an event; nil when it has none.
  static func make(for fields: EventFields, _ random: RandomBytes) -> [UInt8]? {
    guard !fields.isEmpty else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(EventFields.count * (saltSize + 1))
    for index in 0..<EventFields.count {
      if fields[index] == nil {
        bytes.append(null)
      } else {
        bytes.append(salted)
        random.append(saltSize, to: &bytes)
      }
    }
    return bytes
  }

  /// The seals of each column; nil when the bytes are none.
  static func read(_ bytes: [UInt8]?) -> [Seal]? {
    guard let bytes else { return [Seal](repeating: .null, count: EventFields.count) }
    var rest = bytes[...]
    var seals: [Seal] = []
    while let tag = rest.popFirst() {
      switch tag {
      case null: seals.append(.null)
      case salted where rest.count >= saltSize: seals.append(.salt(take(saltSize, from: &rest)))
      case erased where rest.count >= 32: seals.append(.erased(take(32, from: &rest)))
      default: return nil
      }
    }
    return seals.count == EventFields.count ? seals : nil
  }

  /// How many bytes follow a seal's first one; nil for a byte that begins none.
  static func size(_ tag: UInt8) -> Int? {
    switch tag {
    case null: 0
    case salted: saltSize
    case erased: SHA256.byteCount
    default: nil
    }
  }

  /// The column's bytes for seals.
  static func bytes(_ seals: [Seal]) -> [UInt8]? {
    if seals.allSatisfy({ $0 == .null }) { return nil }
    return seals.flatMap { seal -> [UInt8] in
      switch seal {
      case .null: [null]
      case .salt(let salt): [salted] + salt
      case .erased(let digest): [erased] + digest
      }
    }
  }

  /// Whether the row is one of format 1 whose values were erased.
  static func isWholeRow(_ bytes: [UInt8]?) -> Bool { bytes == [wholeRow] }

  /// Whether a value of the row was erased.
  static func hasErased(_ bytes: [UInt8]?) -> Bool {
    guard let bytes else { return false }
    if isWholeRow(bytes) { return true }
    return read(bytes)?.contains { if case .erased = $0 { true } else { false } } ?? false
  }

  /// The digest of a value.
  static func digest(_ value: [UInt8], salt: ArraySlice<UInt8>) -> SHA256.Digest {
    var hash = SHA256()
    salt.withUnsafeBytes { hash.update(bufferPointer: $0) }
    value.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return hash.finalize()
  }

  private static func take(_ count: Int, from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}

/// Random bytes by the page, since one call of the system for each salt costs more than the hash it is for.
///
/// Confined to the actor that appends.
final class RandomBytes {
  private var page: [UInt8] = []
  private var next = 0

  func append(_ count: Int, to bytes: inout [UInt8]) {
    if next + count > page.count { refill() }
    bytes.append(contentsOf: page[next..<next + count])
    next += count
  }

  private func refill() {
    // getentropy hands out at most 256 bytes a call (POSIX.1-2024); Swift's own generator asks the system for 8 at a time.
    page = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
      while count < buffer.count {
        let part = buffer[count..<min(count + 256, buffer.count)]
        guard getentropy(UnsafeMutableBufferPointer(rebasing: part).baseAddress, part.count) == 0 else {
          fatalError("the system has no random bytes (\(String(cString: strerror(errno))))")
        }
        count += part.count
      }
    }
    next = 0
  }
}
