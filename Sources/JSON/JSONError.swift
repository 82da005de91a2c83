/// Why a document is not the JSON that was asked for, and where.
public struct JSONError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Kind: Hashable, Sendable {
    /// The document ends inside a value.
    case endOfDocument
    /// A byte that the grammar has no place for.
    case unexpectedByte
    /// Something other than white space after the value.
    case trailingBytes
    /// A character below U+0020 inside a string.
    case controlCharacter
    /// A backslash followed by what is no escape.
    case badEscape
    /// Half of a surrogate pair.
    case loneSurrogate
    /// Bytes that are not UTF-8.
    case invalidUTF8
    /// A number that RFC 8259 does not allow.
    case badNumber
    /// More containers inside each other than the reader was told to allow.
    case tooDeep(limit: Int)
    /// The reader stands before a name or an end, where a value was asked for.
    case expectedValue
    /// A value of another type stands where an object was asked for.
    case expectedObject
    /// A value of another type stands where an array was asked for.
    case expectedArray
    /// Two members of one name in an object, which can be read in two ways (RFC 8259, section 4).
    case duplicateName
  }

  /// What is wrong.
  public let kind: Kind
  /// The byte of the document, from 0, where it was noticed.
  public let offset: Int

  /// An error at that byte.
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

extension JSONError: CustomStringConvertible {
  /// One sentence, without any of the document's text.
  public var description: String { "\(kind.words) at byte \(offset) of the JSON; \(kind.advice)" }
}

extension JSONError.Kind {
  /// What is wrong, without the place.
  package var words: String {
    switch self {
    case .endOfDocument: "unexpected end"
    case .unexpectedByte: "unexpected character"
    case .trailingBytes: "text after the value"
    case .controlCharacter: "unescaped control character in a string"
    case .badEscape: "unknown escape in a string"
    case .loneSurrogate: "half a surrogate pair in a string"
    case .invalidUTF8: "invalid UTF-8 in a string"
    case .badNumber: "malformed number"
    case .tooDeep(let limit): "more than \(limit) levels of nesting"
    case .expectedValue: "no value"
    case .expectedObject: "no object"
    case .expectedArray: "no array"
    case .duplicateName: "an object with the same name twice"
    }
  }

  /// What to do next.
  package var advice: String {
    switch self {
    case .endOfDocument: "check that the document is complete"
    case .trailingBytes: "keep one value in a document"
    case .invalidUTF8: "save the document as UTF-8"
    case .tooDeep: "flatten the value"
    case .duplicateName: "keep one of the two"
    case .expectedValue, .expectedObject, .expectedArray: "check that this is the right document"
    case .unexpectedByte, .controlCharacter, .badEscape, .loneSurrogate, .badNumber:
      "write it as RFC 8259 says"
    }
  }
}
