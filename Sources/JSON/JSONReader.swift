/// Reads JSON token by token, strictly as RFC 8259 says, from bytes that may come in chunks.
///
/// In memory are the chunk at hand and the token that is being read, never the document. Strict means: one value and
/// nothing but white space behind it, no byte order mark, valid UTF-8 without lone surrogates. What is read past is
/// checked just as well.
public struct JSONReader {
  /// A piece of a document.
  public enum Token: Hashable, Sendable {
    /// `{`
    case beginObject
    /// `}`
    case endObject
    /// `[`
    case beginArray
    /// `]`
    case endArray
    /// The name of a member, whose value comes next.
    case name(String)
    /// A string.
    case string(String)
    /// A number as it is written, of any size and precision.
    case number(String)
    /// `true` or `false`
    case bool(Bool)
    /// `null`
    case null
  }

  enum Container { case object, array }

  enum Place {
    /// A container was just opened.
    case opened
    /// A name must come.
    case name
    /// A value must come.
    case value
    /// A value is complete: a comma, an end or the document's end must come.
    case complete
  }

  private let maximumDepth: Int
  private let refill: (() throws -> [UInt8]?)?
  var buffer: [UInt8]
  var position = 0
  /// Where the token that is being read begins: bytes from here on outlive the next chunk.
  var tokenStart: Int?
  private var bytesBeforeBuffer = 0
  var containers: [Container] = []
  var place = Place.value

  /// A reader of a whole document.
  public init(_ bytes: [UInt8], maximumDepth: Int = 512) {
    buffer = bytes
    refill = nil
    self.maximumDepth = maximumDepth
  }

  /// A reader of a document that comes in chunks.
  ///
  /// - Parameters:
  ///   - maximumDepth: so many containers may be open at once.
  ///   - refill: the next chunk, of any size, or nil when there is no more; what it throws passes through the reader.
  public init(maximumDepth: Int = 512, refill: @escaping () throws -> [UInt8]?) {
    buffer = []
    self.refill = refill
    self.maximumDepth = maximumDepth
  }

  /// How many bytes of the document were read.
  public var offset: Int { bytesBeforeBuffer + position }

  /// The next token, or nil when the document is complete.
  ///
  /// - Throws: `JSONError`, or what the source of chunks throws.
  public mutating func next() throws -> Token? { try next(keepingText: true) }

  /// The next token; without text, strings and numbers are checked and come out empty.
  mutating func next(keepingText: Bool) throws -> Token? {
    guard try hasMore() else { return containers.isEmpty ? nil : close() }
    guard place == .name else { return try valueToken(keepingText: keepingText) }
    guard try significantByte() == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
    let name = try string(keepingText: keepingText)
    guard try significantByte() == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
    position += 1
    place = .value
    return .name(name)
  }

  /// Whether the container at hand has another member or element, or the document its value; reads the comma.
  mutating func hasMore() throws -> Bool {
    guard place == .opened || place == .complete else { return true }
    guard let container = containers.last else {
      if try significantByteIfAny() != nil { throw error(.trailingBytes) }
      return false
    }
    let byte = try significantByte()
    if byte == UInt8(ascii: container == .object ? "}" : "]") { return false }
    if place == .complete {
      guard byte == UInt8(ascii: ",") else { throw error(.unexpectedByte) }
      position += 1
    }
    place = container == .object ? .name : .value
    return true
  }

  private mutating func close() -> Token {
    position += 1
    place = .complete
    return containers.removeLast() == .object ? .endObject : .endArray
  }

  mutating func open(_ container: Container) throws {
    guard containers.count < maximumDepth else { throw error(.tooDeep(limit: maximumDepth)) }
    position += 1
    containers.append(container)
    place = .opened
  }

  /// The byte at hand, or nil at the end of the document.
  mutating func peek() throws -> UInt8? {
    if position < buffer.count { return buffer[position] }
    return try fill() ? buffer[position] : nil
  }

  /// Gets a chunk that is not empty; false when there is no more.
  mutating func fill() throws -> Bool {
    guard let refill else { return false }
    var chunk: [UInt8] = []
    while chunk.isEmpty {
      guard let more = try refill() else { return false }
      chunk = more
    }
    let kept = tokenStart ?? position
    if kept == buffer.count {
      buffer = chunk
    } else {
      buffer.removeFirst(kept)
      buffer += chunk
    }
    bytesBeforeBuffer += kept
    position -= kept
    tokenStart = tokenStart.map { $0 - kept }
    return true
  }

  /// An error at the byte at hand.
  func error(_ kind: JSONError.Kind) -> JSONError { JSONError(kind, at: offset) }
}
