import DynamoJournalJSON
import Testing

@Test func aValueIsReadWhole() throws {
  let value = try JSONValue(parsing: variedDocument)
  #expect(value["a"]?.arrayValue?.count == 7)
  #expect(value["a"]?.arrayValue?[1].numberText == "-0.5e+10")
  #expect(value["a"]?.arrayValue?[1].integerValue == nil)
  #expect(value["a"]?.arrayValue?[2].boolValue == true)
  #expect(value["a"]?.arrayValue?[4].isNull == true)
  #expect(value["éé😀😀"]?.stringValue == "\"\\/\u{8}\u{C}\n\r\t")
  #expect(value["nested"]?["x"]?["y"]?.arrayValue?.first?["z"]?.stringValue == "漢字")
  #expect(value["missing"] == nil)
  #expect(throws: JSONError(.trailingBytes, at: 2)) { try JSONValue(parsing: "1 2") }
}

@Test(
  "an object with two members of one name is refused, however they are spelled",
  arguments: [#"{"a":1,"a":2}"#, #"{"a":1,"b":2,"\u0061":3}"#, #"[{"x":{"é":1,"b":2,"é":1}}]"#])
func twins(_ text: String) {
  let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  #expect(error?.kind == .duplicateName)
}

@Test func namesThatOnlyLookTheSameAreTwo() throws {
  #expect(try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}").objectValue?.count == 2)
}

@Test func aValueIsWrittenInItsOwnOrderOrSorted() {
  let value: JSONValue = ["b": [1, true, .null, "x"], "a": [:], "é": [], "Z": .number("1.50")]
  #expect(value.text() == #"{"b":[1,true,null,"x"],"a":{},"é":[],"Z":1.50}"#)
  #expect(value.text(sorted: true) == #"{"Z":1.50,"a":{},"b":[1,true,null,"x"],"é":[]}"#)
}

@Test func peopleGetALineForEachMember() {
  let value: JSONValue = ["b": [1, ["c": false]], "a": [:], "e": []]
  #expect(
    value.prettyText() == """
      {
        "b": [
          1,
          {
            "c": false
          }
        ],
        "a": {},
        "e": []
      }
      """)
}

@Test func onlyWhatMustBeEscapedIs() throws {
  let characters = (0..<0x80).compactMap { Unicode.Scalar($0) }.map { String($0) }.joined() + "é\u{2028}😀"
  let text = JSONValue.string(characters).text()
  #expect(text.hasPrefix(#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e"#))
  #expect(text.contains(#"\u001f !\"#))
  #expect(text.hasSuffix("[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\u{7F}é\u{2028}😀\""))
  #expect(try JSONValue(parsing: text).stringValue.map { Array($0.utf8) } == Array(characters.utf8))
}

@Test func mutatedDocumentsNeverCrashAndReadTheSameInChunks() throws {
  var random = Numbers(seed: 20_260_101)
  let original = Array(variedDocument.utf8)
  var accepted = 0
  for round in 0..<4_000 {
    var bytes = original
    for _ in 0...Int.random(in: 0..<2, using: &random) { mutate(&bytes, &random) }
    let whole = Result { try JSONValue(parsing: bytes) }
    var reader = chunked(bytes, by: Int.random(in: 1...9, using: &random))
    let pieces = Result {
      let value = try reader.readValue()
      _ = try reader.next()
      return value
    }
    switch (whole, pieces) {
    case (.success(let value), .success(let other)):
      accepted += 1
      #expect(value == other, "seed 20260101, round \(round)")
      #expect(try JSONValue(parsing: value.bytes()) == value)
      #expect(
        try JSONValue(parsing: value.prettyText(sorted: true)).bytes(sorted: true)
          == value.bytes(sorted: true))
    case (.failure(let error), .failure(let other)):
      #expect(error as? JSONError == other as? JSONError, "seed 20260101, round \(round)")
    default: Issue.record("the whole and the chunks differ: seed 20260101, round \(round)")
    }
  }
  #expect(accepted > 100 && accepted < 3_900)
}

/// A generator whose numbers depend on the seed alone (SplitMix64).
struct Numbers: RandomNumberGenerator {
  var seed: UInt64

  mutating func next() -> UInt64 {
    seed &+= 0x9E37_79B9_7F4A_7C15
    var value = seed
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Changes, removes, repeats or adds a byte.
private func mutate(_ bytes: inout [UInt8], _ random: inout Numbers) {
  guard let place = bytes.indices.randomElement(using: &random) else { return }
  let marks = Array("{}[]:,\"\\0-1.eE+ tfnu".utf8)
  switch Int.random(in: 0..<4, using: &random) {
  case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
  case 1: bytes[place] = marks[Int.random(in: 0..<marks.count, using: &random)]
  case 2: bytes.remove(at: place)
  default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: place)
  }
}
