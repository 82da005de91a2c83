#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A string that equals another only when their UTF-8 bytes are the same, and sorts by those bytes.
///
/// Swift's `String` compares by canonical equivalence: `é` written as one scalar equals `é` written as two. DynamoDB
/// compares bytes, and so must everything that decides whether an item was changed.
/// Source: "String comparison" in
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
public struct Text: Sendable {
  /// The characters.
  public let string: String

  /// Wraps a string, which is made contiguous so that later comparisons read its bytes in place.
  public init(_ string: String) {
    var contiguous = string
    contiguous.makeContiguousUTF8()
    self.string = contiguous
  }

  /// Length in UTF-8 bytes, which is what DynamoDB's size limits count.
  public var byteCount: Int { string.utf8.count }
}

extension Text: Hashable, Comparable {
  /// Whether the bytes are the same.
  public static func == (left: Text, right: Text) -> Bool {
    left.byteCount == right.byteCount && compare(left, right) == 0
  }

  /// Order of the UTF-8 bytes.
  public static func < (left: Text, right: Text) -> Bool {
    let order = compare(left, right)
    return order == 0 ? left.byteCount < right.byteCount : order < 0
  }

  /// The order of the bytes that both have, below, at or above zero: one call, since attributes are found by it.
  private static func compare(_ left: Text, _ right: Text) -> Int32 {
    let count = min(left.byteCount, right.byteCount)
    let order = left.string.utf8.withContiguousStorageIfAvailable { left in
      right.string.utf8.withContiguousStorageIfAvailable { right -> Int32 in
        guard let left = left.baseAddress, let right = right.baseAddress else { return 0 }
        return memcmp(left, right, count)
      }
    }
    // Every text is contiguous, see `init`; were one not, its bytes are compared one by one.
    if let order, let order { return order }
    for (left, right) in zip(left.string.utf8, right.string.utf8) where left != right {
      return left < right ? -1 : 1
    }
    return 0
  }

  /// Takes in the bytes.
  public func hash(into hasher: inout Hasher) {
    var copy = string
    copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension Text: ExpressibleByStringLiteral, CustomStringConvertible {
  /// A text from a literal.
  public init(stringLiteral value: String) { self.init(value) }

  /// The characters.
  public var description: String { string }
}
