import DynamoJournalTables

/// An image in canonical DynamoDB JSON, taken apart no further than its attributes.
struct EncodedImage {
  /// The attributes, in the order of the image: the name as it is written there, and the value's text.
  let attributes: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)]

  /// - Parameter bytes: canonical, so without white space.
  init(_ bytes: [UInt8]) {
    var attributes: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
    var scanner = Scanner(bytes)
    while let name = scanner.name() { attributes.append((name, scanner.value())) }
    self.attributes = attributes
  }

  func value(of name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    attributes.first { $0.name == name }?.value
  }

  /// Goes over the members of the outermost object.
  private struct Scanner {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private let bytes: [UInt8]
    private var index = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func name() -> ArraySlice<UInt8>? {
      if index < bytes.count, bytes[index] == UInt8(ascii: ",") { index += 1 }
      guard index < bytes.count, bytes[index] == Self.quote else { return nil }
      let start = index + 1
      skipString()
      defer { index += 1 }
      return bytes[start..<index - 1]
    }

    mutating func value() -> ArraySlice<UInt8> {
      let start = index
      var depth = 0
      repeat {
        switch bytes[index] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case Self.quote:
          skipString()
          continue
        default: break
        }
        index += 1
      } while depth > 0 && index < bytes.count
      return bytes[start..<index]
    }

    /// Behind the string that begins here.
    private mutating func skipString() {
      index += 1
      while index < bytes.count, bytes[index] != Self.quote {
        index += bytes[index] == Self.backslash ? 2 : 1
      }
      index += 1
    }
  }
}
