import DynamoJournalTables

extension PureFunctions {
  static func concat(_ arguments: Arguments) throws(Failure) -> Text {
    let texts = (0..<arguments.count).map { arguments.text($0) }
    try bounded(texts.reduce(0) { $0 + $1.byteCount })
    return Text(texts.map(\.string).joined())
  }

  /// A part of a text by Unicode scalars, counted from 0; what is beyond the end is left out.
  static func substr(_ arguments: Arguments) throws(Failure) -> Text {
    let start = try count(arguments.number(1))
    let length = arguments.count > 2 ? try count(arguments.number(2)) : Int.max
    let scalars = arguments.text(0).string.unicodeScalars
    guard let first = scalars.index(scalars.startIndex, offsetBy: start, limitedBy: scalars.endIndex) else {
      return Text("")
    }
    let last = scalars.index(first, offsetBy: length, limitedBy: scalars.endIndex) ?? scalars.endIndex
    return Text(String(scalars[first..<last]))
  }

  private static func count(_ number: DecimalNumber) throws(Failure) -> Int {
    guard !number.isNegative, !number.text.utf8.contains(UInt8(ascii: ".")) else {
      throw .badArgument("a start and a length that are whole numbers of 0 or more")
    }
    // A number too large for Int is beyond the end of any text.
    return number.int64.flatMap { Int(exactly: $0) } ?? Int.max
  }

  /// Takes off what Unicode calls white space at both ends.
  static func trim(_ text: Text) -> Text {
    let scalars = text.string.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return Text("") }
    return Text(String(scalars[first...last]))
  }

  /// The parts between separators, which are compared byte by byte.
  static func split(_ text: Text, at separator: Text) throws(Failure) -> [AttributeValue] {
    guard separator.byteCount > 0 else { throw .badArgument("a separator of at least one character") }
    return text.withBytes { hay in
      separator.withBytes { needle in
        var start = 0
        var parts: [AttributeValue] = []
        for place in ByteSearch.all(needle, in: hay) {
          parts.append(.string(String(decoding: hay[start..<place], as: UTF8.self)))
          start = place + needle.count
        }
        return parts + [.string(String(decoding: hay[start...], as: UTF8.self))]
      }
    }
  }

  /// The texts of a list in its order, or of a set in the order of their bytes.
  static func join(_ value: AttributeValue, with separator: Text) throws(Failure) -> Text {
    var texts: [Text] = []
    switch value {
    case .stringSet(let set): texts = set.sorted()
    case .list(let list):
      for element in list {
        guard case .string(let text) = element else {
          throw .badArgument("a list of texts; string() makes them")
        }
        texts.append(text)
      }
    default: break
    }
    let separators = separator.byteCount * max(0, texts.count - 1)
    try bounded(texts.reduce(separators) { $0 + $1.byteCount })
    return Text(texts.map(\.string).joined(separator: separator.string))
  }

  /// Every place of a part, from the left and without overlap, compared byte by byte.
  static func replace(_ text: Text, _ part: Text, with other: Text) throws(Failure) -> Text {
    guard part.byteCount > 0 else { throw .badArgument("a part to replace of at least one character") }
    let places = text.withBytes { hay in part.withBytes { ByteSearch.all($0, in: hay) } }
    if places.isEmpty { return text }
    let size = text.byteCount + places.count * (other.byteCount - part.byteCount)
    try bounded(size)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    text.withBytes { hay in
      var start = 0
      for place in places {
        bytes += hay[start..<place]
        bytes += other.string.utf8
        start = place + part.byteCount
      }
      bytes += hay[start...]
    }
    return Text(String(decoding: bytes, as: UTF8.self))
  }
}
