import DynamoJournalTables
import Testing

/// Items that show every type and the edges of DynamoDB's rules.
package enum ItemSamples {
  /// The largest number of 38 digits.
  package static let nines = String(repeating: "9", count: 38)

  /// Lists and maps, `depth` of them, one inside the other around a string.
  package static func nested(_ depth: Int) -> AttributeValue {
    (0..<depth).reduce(.string("core")) { inner, level in
      level.isMultiple(of: 2) ? .map(["a": inner]) : .list([inner])
    }
  }

  /// All ten types with their edge values, to be added to a key.
  package static func everyType() throws -> Item {
    [
      "text": .string("é\u{0}\u{2028}😀\"\\/\n"), "emptyText": .string(""),
      "composed\u{e9}": .string("caf\u{e9}"), "composede\u{301}": .string("cafe\u{301}"),
      "digits": .number(try DecimalNumber(nines)),
      "fraction": .number(try DecimalNumber("12345678901234567890.123456789012345678")),
      "least": .number(try DecimalNumber("1E-130")), "negative": .number(try DecimalNumber("-0.5")),
      "greatest": .number(try DecimalNumber("9.9999999999999999999999999999999999999E+125")),
      "normal": .number(try DecimalNumber("1.50")),
      "bytes": .binary([UInt8](0...255)), "emptyBytes": .binary([]),
      "yes": .bool(true), "no": .bool(false), "nothing": .null,
      "list": .list([.string(""), .number(-1), .list([]), .map([:])]), "emptyList": .list([]),
      "map": .map(["\u{e9}": .null, "e\u{301}": .bool(true)]), "emptyMap": .map([:]),
      "texts": .stringSet(["b", "a", "", "\u{e9}", "e\u{301}"]),
      "numbers": .numberSet([try DecimalNumber("1.5"), DecimalNumber(-2), try DecimalNumber(nines)]),
      "binaries": .binarySet([[0xff], [0], [], [0, 1]]),
      // Whether the item itself is one of the 32 levels is not documented; not every server takes 32 within it.
      "deep": nested(31),
    ]
  }

  /// A string of so many bytes.
  package static func text(of count: Int) -> AttributeValue { .string(String(repeating: "x", count: count)) }
}
