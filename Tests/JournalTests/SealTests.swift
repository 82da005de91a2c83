import Testing

@testable import DynamoJournalEvents

@Suite("The seals of an event's values")
struct SealTests {
  private static let salt = [UInt8](1...16)
  private static let digest = [UInt8](repeating: 7, count: 32)

  @Test(
    "are a byte for NULL, 17 bytes for a value and 33 for one that was erased, in the order of the columns")
  func layout() throws {
    let seals: [EventSeals.Seal] = [.null, .salt(Self.salt[...]), .erased(Self.digest[...]), .null, .null]
    let bytes = try #require(EventSeals.bytes(seals))
    #expect(bytes == [0] + [1] + Self.salt + [2] + Self.digest + [0, 0])
    #expect(EventSeals.read(bytes) == seals)
  }

  @Test("of an event without values are NULL")
  func none() {
    #expect(EventSeals.make(for: EventFields(), RandomBytes()) == nil)
    #expect(EventSeals.bytes([.null, .null, .null, .null, .null]) == nil)
    #expect(EventSeals.read(nil) == [.null, .null, .null, .null, .null])
  }

  @Test("are made for the values that there are, each with a salt of its own")
  func made() throws {
    let fields = EventFields(before: [1], after: [1], body: [1])
    let seals = try #require(EventSeals.read(EventSeals.make(for: fields, RandomBytes())))
    #expect(seals.map { if case .null = $0 { true } else { false } } == [true, false, false, true, false])
    #expect(Set(seals).count == 4, "three salts and NULL")
  }

  @Test("give two equal values two digests, so that what is equal can't be seen once it is erased")
  func saltsDiffer() {
    let other = [UInt8](2...17)
    let one = Array(EventSeals.digest([1, 2], salt: Self.salt[...]))
    #expect(one != Array(EventSeals.digest([1, 2], salt: other[...])))
    #expect(one == Array(EventSeals.digest([1, 2], salt: Self.salt[...])))
  }

  @Test("never repeat a salt, across the pages that random bytes are drawn by")
  func randomness() {
    let random = RandomBytes()
    var salts: Set<[UInt8]> = []
    for _ in 0..<1_000 {
      var salt: [UInt8] = []
      random.append(16, to: &salt)
      #expect(salt.count == 16)
      salts.insert(salt)
    }
    #expect(salts.count == 1_000)
  }

  static let malformed: [[UInt8]] = [
    [], [0], [0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0],
    [1] + salt.dropLast() + [0, 0, 0, 0].dropLast(4),
    [2] + digest.dropLast(), [3], [3, 0, 0, 0, 0], [4, 0, 0, 0, 0], [0, 0, 0, 0, 255],
    [0, 0, 0, 0] + [1] + salt + [9],
  ]

  @Test("are refused when their bytes are none", arguments: malformed)
  func refused(bytes: [UInt8]) { #expect(EventSeals.read(bytes) == nil) }

  @Test("of a whole row are one byte, and nothing else is taken for it")
  func wholeRow() {
    #expect(EventSeals.isWholeRow([3]))
    for bytes in [nil, [], [0], [3, 3], [3, 0]] as [[UInt8]?] { #expect(!EventSeals.isWholeRow(bytes)) }
  }

  @Test("must be those of the values that stand there: no seal without a value, no value without a seal")
  func mismatch() {
    var row = EventRow()
    let actor = ActorSeal(ActorIdentity(user: "a", host: "b", tool: "c"))
    let salted = [1] + Self.salt + [0, 0, 0, 0]
    let cases: [(EventFields, [UInt8]?)] = [
      (EventFields(), salted), (EventFields(before: [1]), salted), (EventFields(key: [1]), nil),
      (EventFields(key: [1]), [9]), (EventFields(key: [1], body: [1]), salted),
    ]
    for (fields, seals) in cases {
      row.fields = fields
      row.seals = seals
      #expect(throws: ChainFormat.Unreadable.self) { try ChainFormat.two.hash(row, after: [], actor) }
    }
    row.fields = EventFields(key: [1])
    row.seals = salted
    #expect(throws: Never.self) { try ChainFormat.two.hash(row, after: [], actor) }
  }
}
