import DynamoJournalAnchors
import Testing

@Suite("A journal beside an anchor")
struct AnchorFindingTests {
  static let head = [UInt8](repeating: 7, count: 32)
  static let other = [UInt8](repeating: 8, count: 32)

  @Test(
    "of its own is the same, has grown, is shorter, or is another",
    arguments: [
      (Int64(9), Self.head as [UInt8]?, AnchorFinding.same), (10, Self.head, .earlier), (8, nil, .longer),
      (8, Self.head, .longer),
      (9, Self.other, .absent), (10, Self.other, .absent), (9, nil, .absent), (0, nil, .longer),
    ])
  func comparesCheckpoint(size: Int64, hash: [UInt8]?, finding: AnchorFinding) throws {
    let checkpoint = try LogCheckpoint(journalID: "0a", size: 9, head: Self.head)
    #expect(AnchorFinding.judge(checkpoint, journalID: "0a", size: size, hash: hash) == finding)
    #expect(AnchorFinding.judge(checkpoint, journalID: "0b", size: size, hash: hash) == .absent)
  }

  @Test("that is a bare hash is the same, has grown, or is another")
  func bareHash() {
    #expect(AnchorFinding.judge(headAt: 9, size: 9) == .same)
    #expect(AnchorFinding.judge(headAt: 8, size: 9) == .earlier)
    #expect(AnchorFinding.judge(headAt: nil, size: 9) == .absent)
  }

  @Test("is kept when nothing that the anchor knows is gone")
  func isKept() {
    #expect(AnchorFinding.same.isKept && AnchorFinding.earlier.isKept)
    #expect(!AnchorFinding.absent.isKept && !AnchorFinding.longer.isKept)
  }
}
