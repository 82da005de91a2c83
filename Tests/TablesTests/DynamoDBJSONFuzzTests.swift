import DynamoJournalTables
import Testing

private let seed: UInt64 = 20_260_102

@Test func randomItemsComeBackAsTheyWereAndWithTheSameBytes() throws {
  var random = RandomItems(seed: seed)
  for round in 0..<1_500 {
    let item = random.item(level: 0)
    let bytes = DynamoDBJSON.bytes(item)
    let read = try DynamoDBJSON.item(from: bytes)
    #expect(read == item, "seed \(seed), round \(round)")
    #expect(DynamoDBJSON.bytes(read) == bytes, "seed \(seed), round \(round)")
    #expect(try DynamoDBJSON.item(fromLine: Array("{\"Item\":".utf8) + bytes + Array("}".utf8)) == item)
  }
}

@Test func mutatedItemsNeverCrashAndWhatIsAcceptedHasOneText() throws {
  var random = RandomItems(seed: seed + 1)
  var accepted = 0
  for round in 0..<8_000 {
    var bytes = DynamoDBJSON.bytes(random.item(level: 1))
    for _ in 0..<random.below(3) + 1 { random.mutate(&bytes) }
    guard let item = try? DynamoDBJSON.item(from: bytes) else { continue }
    accepted += 1
    let text = DynamoDBJSON.bytes(item)
    let again = try DynamoDBJSON.item(from: text)
    #expect(again == item, "seed \(seed + 1), round \(round)")
    #expect(DynamoDBJSON.bytes(again) == text, "seed \(seed + 1), round \(round)")
  }
  #expect(accepted > 200 && accepted < 7_800)
}

/// Items of all ten types that depend on the seed alone (SplitMix64).
private struct RandomItems: RandomNumberGenerator {
  var seed: UInt64

  mutating func next() -> UInt64 {
    seed &+= 0x9E37_79B9_7F4A_7C15
    var value = seed
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

  mutating func item(level: Int) -> Item {
    var item = Item()
    for _ in 0..<below(level == 0 ? 12 : 4) { item[Text("k" + string())] = value(level: level) }
    return item
  }

  mutating func value(level: Int) -> AttributeValue {
    switch below(level < 4 ? 10 : 8) {
    case 0: .string(Text(string()))
    case 1: .number(number())
    case 2: .binary(data())
    case 3: .bool(below(2) == 0)
    case 4: .null
    case 5: .stringSet(set { Text($0.string()) })
    case 6: .numberSet(set { $0.number() })
    case 7: .binarySet(set { $0.data() })
    case 8: .list((0..<below(4)).map { _ in value(level: level + 1) })
    default: .map(item(level: level + 1))
    }
  }

  private mutating func set<Member: Hashable>(_ make: (inout RandomItems) -> Member) -> Set<Member> {
    Set((0...below(4)).map { _ in make(&self) })
  }

  private mutating func string() -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "Z", "\"", "\\", "/", "\n", "\u{1}", "\u{7F}", "é", "e", "\u{301}", "漢", "😀",
    ]
    var text = ""
    for _ in 0..<below(20) { text.unicodeScalars.append(scalars[below(scalars.count)]) }
    return text
  }

  private mutating func data() -> [UInt8] { (0..<below(7)).map { _ in UInt8(below(256)) } }

  private mutating func number() -> DecimalNumber {
    let digits = (0...below(38)).map { _ in String(below(10)) }.joined()
    let text = "\(below(2) == 0 ? "-" : "")\(digits)e\(below(200) - 120)"
    return (try? DecimalNumber(text)) ?? DecimalNumber(Int64(below(1_000)))
  }

  mutating func mutate(_ bytes: inout [UInt8]) {
    let place = below(bytes.count)
    let marks = Array("{}[]:,\"\\SNBML0159-.eE+ =/tu".utf8)
    switch below(4) {
    case 0: bytes[place] = UInt8(below(256))
    case 1: bytes[place] = marks[below(marks.count)]
    case 2 where bytes.count > 1: bytes.remove(at: place)
    default: bytes.insert(bytes[below(bytes.count)], at: place)
    }
  }
}
