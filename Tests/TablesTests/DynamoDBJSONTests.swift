import DynamoJournalJSON
import DynamoJournalTables
import Testing

private func item(_ text: String) throws -> Item { try DynamoDBJSON.item(from: Array(text.utf8)) }

private let allTypes: Item = [
  "s": .string("é\"\n"), "n": .number(-12), "b": .binary([0, 255, 16]), "t": .bool(true), "f": .bool(false),
  "z": .null, "l": .list([.string(""), .list([]), .null]), "m": .map(["y": .number(1), "x": .map([:])]),
  "ss": .stringSet(["b", "a", "é"]),
  "ns": .numberSet([DecimalNumber(10), DecimalNumber(9), DecimalNumber(-1)]),
  "bs": .binarySet([[2], [1, 5], [1]]),
]

private let allTypesText =
  #"{"b":{"B":"AP8Q"},"bs":{"BS":["AQ==","AQU=","Ag=="]},"f":{"BOOL":false},"#
  + #""l":{"L":[{"S":""},{"L":[]},{"NULL":true}]},"m":{"M":{"x":{"M":{}},"y":{"N":"1"}}},"n":{"N":"-12"},"#
  + #""ns":{"NS":["-1","9","10"]},"s":{"S":"é\"\n"},"ss":{"SS":["a","b","é"]},"t":{"BOOL":true},"z":{"NULL":true}}"#

@Test func anItemOfAllTypesHasOneText() throws {
  #expect(DynamoDBJSON.text(allTypes) == allTypesText)
  #expect(try item(allTypesText) == allTypes)
  #expect(DynamoDBJSON.text(AttributeValue.number(5)) == #"{"N":"5"}"#)
  #expect(try DynamoDBJSON.value(from: Array(#" {"SS":["b"]} "#.utf8)) == .stringSet(["b"]))
}

@Test func anyOtherSpellingIsTheSameItem() throws {
  let text = """
     { "z" : {"\\u004eULL": true }, "\\u0061" : { "N" : "1.50e1" },\n "B":{"B":"\\/w=="},
    "ns":{"NS":["1e1","\\u0039"]}, "e\\u0301":{"S":"1"}, "\\u00e9":{"S":"2"}, "l":{"L":[ ]} } \r\n\t
    """
  let expected =
    #"{"B":{"B":"/w=="},"a":{"N":"15"},"e\#u{301}":{"S":"1"},"l":{"L":[]},"ns":{"NS":["9","10"]},"#
    + #""z":{"NULL":true},"\#u{E9}":{"S":"2"}}"#
  let read = try item(text)
  #expect(read.count == 7)
  #expect(read["e\u{301}"] == .string("1"))
  #expect(read["\u{E9}"] == .string("2"))
  #expect(try item(DynamoDBJSON.text(read)) == read)
  #expect(DynamoDBJSON.bytes(read) == Array(expected.utf8))
}

@Test func manyAttributesInAnyOrderComeOutSorted() throws {
  let names = (0..<1_000).map { "n\($0 * 7919 % 1_000)" }
  let text = "{" + names.map { "\"\($0)\":{\"N\":\"1\"}" }.joined(separator: ",") + "}"
  let read = try item(text)
  #expect(read.names == names.map { Text($0) }.sorted())
  let twice = String(text.dropLast()) + #","n500":{"N":"2"}}"#
  #expect(throws: DynamoDBJSONError(.duplicateAttribute, at: text.utf8.count)) { try item(twice) }
}

@Test(
  arguments: [
    (#"{"a":{"X":"1"}}"#, .unknownType, 6), (#"{"a":{}}"#, .unknownType, 6),
    (#"{"a":{"s":"1"}}"#, .unknownType, 6),
    (#"{"a":{"S":"1","N":"1"}}"#, .severalTypes, 13), (#"{"a":"x"}"#, .json(.unexpectedByte), 5),
    (#"{"a":{"S":1}}"#, .wrongShape, 10), (#"{"a":{"N":1}}"#, .wrongShape, 10),
    (#"{"a":{"SS":"x"}}"#, .wrongShape, 11),
    (#"{"a":{"L":{}}}"#, .wrongShape, 10), (#"{"a":{"M":[]}}"#, .wrongShape, 10),
    (#"{"a":{"BOOL":"true"}}"#, .wrongShape, 13), (#"{"a":{"SS":[1]}}"#, .wrongShape, 12),
    (#"{"a":{"NULL":false}}"#, .nullNotTrue, 13), (#"{"a":{"NULL":null}}"#, .nullNotTrue, 13),
    (#"{"a":{"B":"A"}}"#, .badBase64, 11), (#"{"a":{"B":"AAA"}}"#, .badBase64, 11),
    (#"{"a":{"B":"AA-_"}}"#, .badBase64, 11), (#"{"a":{"B":"A==="}}"#, .badBase64, 11),
    (#"{"a":{"B":"AB=="}}"#, .badBase64, 11), (#"{"a":{"B":"AA==AAAA"}}"#, .badBase64, 11),
    (#"{"a":{"N":"x"}}"#, .badNumber(.notANumber), 11), (#"{"a":{"N":"1e126"}}"#, .badNumber(.tooLarge), 11),
    (#"{"a":{"SS":[]}}"#, .emptySet, 11), (#"{"a":{"NS":[]}}"#, .emptySet, 11),
    (#"{"a":{"SS":["x","x"]}}"#, .duplicateMember, 16), (#"{"a":{"NS":["1","1.0"]}}"#, .duplicateMember, 16),
    (#"{"a":{"BS":["AQ==","AQ=="]}}"#, .duplicateMember, 19),
    (#"{"":{"S":"x"}}"#, .emptyName, 1), (#"{"a":{"M":{"":{"S":"x"}}}}"#, .emptyName, 11),
    (#"{"a":{"S":"x"},"\u0061":{"S":"y"}}"#, .duplicateAttribute, 15),
    (#"{"a":{"S":"x"}} x"#, .json(.trailingBytes), 16), (#"{"a":{"S":"x"},}"#, .wrongShape, 15),
    (#"{"a":{"S":"x}"#, .json(.endOfDocument), 13), (#"{"a":{"S":"x"}"#, .json(.endOfDocument), 14),
    ("", .json(.endOfDocument), 0), ("[]", .wrongShape, 0),
    ("{\"a\":{\"S\":\"\n\"}}", .json(.controlCharacter), 11),
    (#"{"a":{"S":"\ud800"}}"#, .json(.loneSurrogate), 11),
    (#"{"a":{"L":[{"S":"x"} {"S":"y"}]}}"#, .json(.unexpectedByte), 21),
  ] as [(String, DynamoDBJSONError.Kind, Int)])
func whatIsNoItemIsRefused(text: String, kind: DynamoDBJSONError.Kind, offset: Int) {
  #expect(throws: DynamoDBJSONError(kind, at: offset)) { try item(text) }
}

@Test func invalidUTF8IsRefused() {
  let bytes = Array(#"{"a":{"S":""#.utf8) + [0xFF] + Array(#""}}"#.utf8)
  #expect(throws: DynamoDBJSONError(.json(.invalidUTF8), at: 11)) { try DynamoDBJSON.item(from: bytes) }
}

@Test(arguments: [("L", "[", "]"), ("M", #"{"x":"#, "}")])
func thirtyTwoLevelsAreReadAndNoMore(tag: String, opening: String, closing: String) throws {
  func nested(_ levels: Int) -> String {
    #"{"a":"# + String(repeating: #"{"\#(tag)":\#(opening)"#, count: levels) + #"{"S":"x"}"#
      + String(repeating: "\(closing)}", count: levels) + "}"
  }
  #expect(try DynamoDBJSON.text(item(nested(32))) == nested(32))
  let error = #expect(throws: DynamoDBJSONError.self) { try item(nested(33)) }
  #expect(error?.kind == .tooDeep)
  #expect(throws: DynamoDBJSONError.self) { try item(nested(100_000)) }
}

@Test func anExportLineIsToldFromABareItem() throws {
  func line(_ text: String) throws -> Item { try DynamoDBJSON.item(fromLine: Array(text.utf8)) }
  #expect(try line(#"{"Item":{"discordId":{"S":"1"}}}"#) == ["discordId": .string("1")])
  #expect(try line(#"{"discordId":{"S":"1"}}"#) == ["discordId": .string("1")])
  #expect(try line(#"{"Item":{"S":"x"}}"#) == ["Item": .string("x")])
  #expect(try line(#"{"Item":{"S":{"S":"x"}}}"#) == ["S": .string("x")])
  #expect(try line(#"{"Item":{"M":{}}}"#) == ["Item": .map([:])])
  #expect(try line(#"{"Item":{"M":{"a":{"S":"x"}}}}"#) == ["Item": .map(["a": .string("x")])])
  #expect(try line(#"{"Item":{"M":{"S":"x"}}}"#) == ["M": .string("x")])
  #expect(try line(#"{"Item":{"M":{"M":{}}}}"#) == ["M": .map([:])])
  #expect(try line(#"{"Item":{"M":{"M":{"M":{}}}}}"#) == ["Item": .map(["M": .map([:])])])
  #expect(try line(#"{"Item":{"S":"x"},"b":{"S":"y"}}"#) == ["Item": .string("x"), "b": .string("y")])
  #expect(throws: DynamoDBJSONError(.wrongShape, at: 26)) { try line(#"{"Item":{"discordId":{"S":1}}}"#) }
  #expect(throws: DynamoDBJSONError(.badNumber(.notANumber), at: 14)) { try line(#"{"Item":{"N":"x"}}"#) }
}

@Test func theSizeOfAnItemFollowsDynamoDBsRules() throws {
  #expect(Item().sizeInBytes == 0)
  #expect((["é": .string("漢")] as Item).sizeInBytes == 5)
  let sizes: [(AttributeValue, Int)] = [
    (.number(0), 2), (.number(100), 2), (.number(123), 3), (.number(-123), 4), (.null, 1), (.bool(false), 1),
    (.binary([1, 2, 3]), 3), (.list([]), 3), (.list([.null, .string("ab")]), 8),
    (.map(["k": .bool(true)]), 6),
    (.stringSet(["a", "bc"]), 3), (.numberSet([DecimalNumber(1), DecimalNumber(-2)]), 5),
    (.binarySet([[1], [2, 3]]), 3),
  ]
  for (value, size) in sizes { #expect(value.sizeInBytes == size, "\(value)") }
}

@Test func errorsSayWhereAndNeverWhatTheValueIs() {
  let error = #expect(throws: DynamoDBJSONError.self) { try item(#"{"a":{"N":"secret"}}"#) }
  #expect(
    error.map { "\($0)" }
      == "the text is not a number; write digits with perhaps a sign, a fraction and an exponent, "
      + "at byte 11 of the DynamoDB JSON")
}
