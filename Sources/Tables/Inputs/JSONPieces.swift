/// Cuts a text of JSON values, one behind the other on one line or on many, into its values, in bounded memory.
///
/// It looks at brackets and quotation marks only: whether a value is right is for whoever reads it to say. A value that can't
/// end where the text goes on as if it had (a line that was cut off, for one) is handed on as far as it goes.
struct JSONPieces {
  /// Longest value: an item of 400 KB in DynamoDB JSON, every byte escaped, is well below.
  static let largest = 16 << 20

  /// How far a value was read.
  enum End {
    /// To its end.
    case whole
    /// To the bracket of an array that is the value of one of its members: its elements come next.
    case array
    /// To where it can't go on.
    case broken
    /// To more bytes than any value has.
    case endless
  }

  private let refill: () throws -> [UInt8]?
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  /// The line of the byte that comes next, from 1.
  private(set) var line = 1
  /// The name of the member whose array was reached, without its quotation marks.
  private(set) var memberName: [UInt8] = []

  init(_ refill: @escaping () throws -> [UInt8]?) { self.refill = refill }

  /// The first bytes of the text, before anything is read.
  mutating func start(_ count: Int) throws -> [UInt8] {
    while buffer.count < count, try fill() {}
    return Array(buffer.prefix(count))
  }

  /// Reads past so many bytes.
  mutating func skip(_ count: Int) { position = min(position + count, buffer.count) }

  /// The next byte that is no white space, which stays; nil at the end.
  mutating func significantByte() throws -> UInt8? {
    while true {
      while position < buffer.count {
        switch buffer[position] {
        case 0x0A: line += 1
        case 0x20, 0x09, 0x0D: break
        default: return buffer[position]
        }
        position += 1
      }
      guard try fill() else { return nil }
    }
  }

  /// The rest of the line, for a text that is no JSON.
  mutating func restOfLine() throws -> [UInt8] {
    while !buffer[position...].contains(0x0A), buffer.count - position < 4_096, try fill() {}
    let rest = buffer[position...].prefix { $0 != 0x0A }.prefix(4_096)
    position += rest.count
    return Array(rest)
  }

  /// Reads a value.
  ///
  /// - Parameters:
  ///   - depth: how many brackets are open already.
  ///   - stops: whether to stop behind the bracket of an array that is the value of a member of the outermost object.
  /// - Returns: the bytes, and how far they go.
  mutating func value(depth start: Int = 0, stopsAtArrays stops: Bool = false) throws -> ([UInt8], End) {
    var scan = Scan(depth: start)
    var count = 0
    while true {
      while position + count < buffer.count {
        let byte = buffer[position + count]
        switch scan.step(byte, at: count) {
        case .on: count += 1
        case .broken: return (take(count), .broken)
        case .opened where stops && scan.depth == 2 && byte == UInt8(ascii: "["):
          memberName = Array(
            buffer[(position + scan.lastString.lowerBound)..<(position + scan.lastString.upperBound)])
          return (take(count + 1), .array)
        case .opened: count += 1
        case .closed: return (take(count + 1), .whole)
        }
      }
      guard count < Self.largest else { return (take(count), .endless) }
      guard try fill() else {
        // Nothing but brackets ends a value that began with one; a bare word ends with the text.
        return (take(count), scan.depth == 0 && count > 0 ? .whole : .broken)
      }
    }
  }

  private mutating func take(_ count: Int) -> [UInt8] {
    let bytes = Array(buffer[position..<(position + count)])
    line += bytes.reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }
    position += count
    return bytes
  }

  /// Drops what was read and reads more behind the rest; false at the end.
  private mutating func fill() throws -> Bool {
    guard !isAtEnd else { return false }
    guard let piece = try refill() else {
      isAtEnd = true
      return false
    }
    buffer.removeFirst(position)
    position = 0
    buffer += piece
    return true
  }
}

extension JSONPieces {
  /// Where in a value a byte stands.
  private struct Scan {
    enum Step {
      case on
      case opened
      case closed
      case broken
    }

    /// How many brackets are open.
    var depth: Int
    /// The string of the outermost object that was read last, its quotation marks left out.
    var lastString = 0..<0
    private var isInString = false
    private var isEscaped = false
    private var stringStart = 0
    private var previous = UInt8(ascii: ",")

    init(depth: Int) { self.depth = depth }

    mutating func step(_ byte: UInt8, at index: Int) -> Step {
      if isInString { return inString(byte, index) }
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: return .on
      case UInt8(ascii: "\""):
        (isInString, stringStart) = (true, index + 1)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        // Where a value ends and the next begins without a comma, something is missing between.
        guard [UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "{")].contains(previous)
        else { return .broken }
        depth += 1
        previous = byte
        return .opened
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        previous = byte
        return depth <= 0 ? .closed : .on
      default: previous = byte
      }
      return .on
    }

    private mutating func inString(_ byte: UInt8, _ index: Int) -> Step {
      // No string goes on over the end of a line.
      if byte == 0x0A { return .broken }
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
        previous = byte
        if depth == 1 { lastString = stringStart..<index }
      }
      return .on
    }
  }
}
