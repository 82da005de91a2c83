import Testing

@testable import DynamoJournalEvents

@Suite("The digest of a plan")
struct PlanDigestTests {
  private static func digest(_ drafts: [EventDraft]) -> String {
    var digest = PlanDigest()
    for draft in drafts { digest.add(draft) }
    return digest.finish().digest
  }

  private static func with(_ change: (inout EventDraft) -> Void) -> [EventDraft] {
    var drafts = Draft.many(3)
    change(&drafts[1])
    return drafts
  }

  static let others: [(String, [EventDraft])] = [
    ("number", with { $0.change = 9 }), ("unit", with { $0.unit = 1 }), ("stage", with { $0.stage = 2 }),
    ("no stage", with { $0.stage = nil }), ("table", with { $0.table = "operatorz" }),
    ("key", with { $0.key?[9] ^= 1 }), ("no key", with { $0.key = nil }),
    ("before", with { $0.before?[9] ^= 1 }), ("no before", with { $0.before = nil }),
    ("after", with { $0.after?[9] ^= 1 }), ("no after", with { $0.after = nil }),
    ("images swapped", with { ($0.before, $0.after) = ($0.after, $0.before) }),
    ("order", [Draft.draft(2), Draft.draft(1), Draft.draft(3)]), ("one less", Draft.many(2)),
    ("one more", Draft.many(4)), ("nothing", []),
  ]

  @Test("is another for another number, unit, stage, table, key, image, order or count", arguments: others)
  func covers(other: (what: String, drafts: [EventDraft])) {
    #expect(Self.digest(other.drafts) != Self.digest(Draft.many(3)), "\(other.what)")
  }

  @Test("all of these are different from each other")
  func noTwoAlike() { #expect(Set(Self.others.map { Self.digest($0.1) }).count == Self.others.count) }

  @Test("says nothing of when, by whom, or of what a draft has beside the plan")
  func same() {
    let drafts = Self.with { $0.detail = [1] }
    #expect(Self.digest(drafts) == Self.digest(Draft.many(3)))
  }

  // MARK: Blocks

  private static func sizes(_ units: some Sequence<Int>, bytes: Int = 0) -> [Int] {
    var digest = PlanDigest()
    for (index, unit) in units.enumerated() {
      var draft = Draft.draft(index + 1, unit: unit)
      if bytes > 0 { draft.after = [UInt8](repeating: 0x20, count: bytes) }
      digest.add(draft)
    }
    return digest.finish().blocks.map(\.changes)
  }

  @Test("a block ends at 10,000 changes, and the last one where the plan ends")
  func byCount() {
    #expect(Self.sizes(1...9_999) == [9_999])
    #expect(Self.sizes(1...10_000) == [10_000])
    #expect(Self.sizes(1...10_001) == [10_000, 1])
    #expect(Self.sizes(1...20_000) == [10_000, 10_000])
    #expect(Self.sizes([]) == [])
  }

  @Test("a block never ends within a unit, however large that is")
  func byUnit() {
    #expect(Self.sizes((0..<10_050).map { $0 / 100 + 1 }) == [10_000, 50])
    #expect(Self.sizes((0..<10_050).map { $0 < 9_990 ? $0 + 1 : 9_999 }) == [10_050])
    #expect(
      Self.sizes((0..<10_060).map { $0 < 9_990 ? $0 + 1 : $0 < 10_040 ? 9_999 : $0 + 1 }) == [10_040, 20])
  }

  @Test("a block ends at 8 MiB of changes, too, so that one fits into memory whatever the items are")
  func byBytes() {
    let sizes = Self.sizes(1...20, bytes: 1 << 20)
    #expect(sizes == [8, 8, 4])
  }

  @Test(
    "is over the blocks' digests with their sizes, so that the same changes cut otherwise are another plan")
  func overBlocks() {
    let blocks = [PlanBlock(changes: 2, digest: String(repeating: "ab", count: 32))]
    let other = [PlanBlock(changes: 1, digest: String(repeating: "ab", count: 32))]
    #expect(PlanDigest.digest(of: blocks) != PlanDigest.digest(of: other))
    #expect(PlanDigest.digest(of: blocks) != PlanDigest.digest(of: blocks + other))
  }
}
