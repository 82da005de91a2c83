import DynamoJournalJSON
import Testing

/// Text that holds every kind of token, escapes, all widths of UTF-8, and white space.
let variedDocument = """
   {"a" : [1, -0.5e+10, true, false, null, [], {}],\t"é\\u00e9\\ud83d\\ude00😀":"\\"\\\\\\/\\b\\f\\n\\r\\t",
  "numbers": [0, -0, 12.25, 1E5, 3e-7], "nested": {"x": {"y": [{"z": "漢字"}]}}} \r\n
  """

/// The document in pieces of that many bytes.
func chunked(_ bytes: [UInt8], by size: Int, maximumDepth: Int = 512) -> JSONReader {
  var position = 0
  return JSONReader(maximumDepth: maximumDepth) {
    guard position < bytes.count else { return nil }
    let end = min(bytes.count, position + size)
    defer { position = end }
    return Array(bytes[position..<end])
  }
}

private func tokens(_ reader: JSONReader) throws -> [JSONReader.Token] {
  var reader = reader
  var tokens: [JSONReader.Token] = []
  while let token = try reader.next() { tokens.append(token) }
  return tokens
}

private func failure(_ bytes: [UInt8], maximumDepth: Int = 512) -> JSONError? {
  #expect(throws: JSONError.self) { try tokens(JSONReader(bytes, maximumDepth: maximumDepth)) }
}

@Test func theTokensOfADocumentComeInOrder() throws {
  let read = try tokens(JSONReader(Array(#" {"a":[1.50,"b\u0041",true,null],"c":{}} "#.utf8)))
  let expected: [JSONReader.Token] = [
    .beginObject, .name("a"), .beginArray, .number("1.50"), .string("bA"), .bool(true), .null, .endArray,
    .name("c"), .beginObject, .endObject, .endObject,
  ]
  #expect(read == expected)
}

@Test func chunksOfAnySizeReadAsTheWholeDoes() throws {
  let bytes = Array(variedDocument.utf8)
  let whole = try tokens(JSONReader(bytes))
  #expect(whole.count == 37)
  for size in 1...bytes.count { #expect(try tokens(chunked(bytes, by: size)) == whole) }
  for split in 0...bytes.count {
    var parts = [Array(bytes[split...]), [], Array(bytes[..<split])]
    #expect(try tokens(JSONReader { parts.popLast() }) == whole)
  }
}

@Test(arguments: [1, 2, 3, 7])
func aBrokenDocumentFailsAtTheSameByteInChunks(size: Int) {
  for text in [#"{"a":"x\q"}"#, "[1,02]", #"["\ud800x"]"#, "[tru ]", #"{"a":1,}"#, "[1] 2", #"["abc"#, "[1"] {
    let bytes = Array(text.utf8)
    let whole = failure(bytes)
    let pieces = #expect(throws: JSONError.self) { try tokens(chunked(bytes, by: size)) }
    #expect(whole == pieces, "\(text)")
  }
}

@Test(
  arguments: [
    ("", .endOfDocument, 0), ("  ", .endOfDocument, 2), ("{", .endOfDocument, 1), ("[1", .endOfDocument, 2),
    (#""abc"#, .endOfDocument, 4), (#""abc\"#, .endOfDocument, 4), ("tr", .endOfDocument, 2),
    ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1), ("{\"a\":1,}", .unexpectedByte, 7),
    ("{a:1}", .unexpectedByte, 1), ("{\"a\" 1}", .unexpectedByte, 5), ("[1 2]", .unexpectedByte, 3),
    ("[1}", .unexpectedByte, 2), ("]", .unexpectedByte, 0), ("nul]", .unexpectedByte, 3),
    ("'a'", .unexpectedByte, 0),
    ("\u{FEFF}1", .unexpectedByte, 0), ("1 // c", .trailingBytes, 2), ("{}{}", .trailingBytes, 2),
    ("01", .badNumber, 0), ("[-]", .badNumber, 1), ("1.", .badNumber, 0), ("-.5", .badNumber, 0),
    ("1e", .badNumber, 0), ("1e+", .badNumber, 0), ("1-2", .badNumber, 0), ("+1", .unexpectedByte, 0),
    (".5", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0),
    ("\"a\nb\"", .controlCharacter, 2), ("\"\u{0}\"", .controlCharacter, 1),
    (#""\q""#, .badEscape, 1), (#""\u12G4""#, .badEscape, 1), (#""\u12""#, .badEscape, 1),
    (#""\ud800""#, .loneSurrogate, 1), (#""\udc00""#, .loneSurrogate, 1),
    (#""a\ud800\u0041""#, .loneSurrogate, 2),
  ] as [(String, JSONError.Kind, Int)])
func whatIsNotJSONIsRefused(text: String, kind: JSONError.Kind, offset: Int) {
  #expect(failure(Array(text.utf8)) == JSONError(kind, at: offset))
}

@Test(
  arguments: [[0x80], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
func invalidUTF8IsRefusedEvenWhereItIsSkipped(bytes: [UInt8]) {
  let document = Array("[\"".utf8) + bytes + Array("\"]".utf8)
  #expect(failure(document) == JSONError(.invalidUTF8, at: 2))
  var reader = JSONReader(document)
  #expect(throws: JSONError(.invalidUTF8, at: 2)) { try reader.skipValue() }
}

@Test func nestingEndsAtTheLimit() throws {
  #expect(try tokens(JSONReader(Array("[[[]]]".utf8), maximumDepth: 3)).count == 6)
  #expect(failure(Array("[[[[]]]]".utf8), maximumDepth: 3) == JSONError(.tooDeep(limit: 3), at: 3))
  #expect(
    failure([UInt8](repeating: UInt8(ascii: "["), count: 100_000)) == JSONError(.tooDeep(limit: 512), at: 512)
  )
}

@Test func aPathIsFoundAndItsElementsAreReadOneByOne() throws {
  let text =
    #"{"meta":{"data":0},"data":{"other":[1,2],"validators":[{"i":"0","x":[1]},{"i":"1"},7]},"end":0}"#
  for size in [1, 5, text.utf8.count] {
    var reader = chunked(Array(text.utf8), by: size)
    #expect(try reader.seek(["data", "validators"]))
    var found: [String] = []
    try reader.forEachElement { reader in
      guard found.count < 2, try reader.seek(["i"]), let name = try reader.readValue().stringValue else {
        return
      }
      found.append(name)
    }
    #expect(found == ["0", "1"])
    #expect(try reader.next() == .endObject)
    #expect(try reader.next() == .name("end"))
    try reader.skipValue()
    #expect(try reader.next() == .endObject)
    #expect(try reader.next() == nil)
    #expect(reader.offset == text.utf8.count)
  }
}

@Test func membersAreWalkedAndWhatIsNotReadIsSkipped() throws {
  var reader = JSONReader(Array(#"{"a":1,"b":{"c":[1,{"d":2}]},"e":[3]}"#.utf8))
  var seen: [String] = []
  var found = false
  var value = JSONValue.null
  try reader.forEachMember { name, reader in
    seen.append(name)
    if name == "b" { found = try reader.seek(["c"]) }
    if name == "e" { value = try reader.readValue() }
  }
  #expect(seen == ["a", "b", "e"])
  #expect(found)
  #expect(value == [3])
  #expect(try reader.next() == nil)
}

@Test func aPathThatIsNotThereIsToldApartFromOneThatCannotBe() throws {
  let bytes = Array(#"{"a":{"b":1}}"#.utf8)
  var reader = JSONReader(bytes)
  #expect(try reader.seek(["a", "c"]) == false)
  #expect(try reader.next() == .endObject)
  var second = JSONReader(bytes)
  #expect(throws: JSONError(.expectedObject, at: 10)) { try second.seek(["a", "b", "c"]) }
  var third = JSONReader(bytes)
  #expect(throws: JSONError(.expectedArray, at: 0)) { try third.forEachElement { _ in } }
  var fourth = JSONReader(Array("[]".utf8))
  _ = try fourth.next()
  #expect(throws: JSONError(.expectedValue, at: 1)) { try fourth.skipValue() }
}

@Test func whatTheSourceThrowsPassesThrough() {
  struct Lost: Error {}
  var reader = JSONReader { throw Lost() }
  #expect(throws: Lost.self) { try reader.readValue() }
}

@Test func namesThatOnlyLookTheSameAreKeptApart() throws {
  let text = "{\"e\u{301}\":1,\"\u{E9}\":2}"
  let value = try JSONValue(parsing: text)
  #expect(value.objectValue?.count == 2)
  #expect(value["\u{E9}"]?.integerValue == 2)
  #expect(value["e\u{301}"]?.integerValue == 1)
  #expect(value.text() == text)
  #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
  var reader = JSONReader(Array(text.utf8))
  #expect(try reader.seek(["\u{E9}"]))
  #expect(try reader.readValue() == 2)
}

@Test func anErrorSaysWhereAndWhatToDo() {
  #expect(
    "\(JSONError(.trailingBytes, at: 12))"
      == "text after the value at byte 12 of the JSON; keep one value in a document")
}
