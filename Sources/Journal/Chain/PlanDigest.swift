import Crypto

/// A stretch of a sealed plan whose changes are checked together when they are read.
package struct PlanBlock: Codable, Hashable, Sendable {
  /// How many changes it has; it ends with a whole unit.
  package let changes: Int
  /// SHA-256 over its changes in order, as 64 hexadecimal digits: docs/journal.md, "The plan's digest".
  package let digest: String

  /// A block.
  package init(changes: Int, digest: String) {
    self.changes = changes
    self.digest = digest
  }
}

/// The digest of a plan: over the digests of its blocks, so that a run of any size is checked piece by piece, when a piece
/// is read, forward and backward.
///
/// It covers what is to happen and nothing of when or by whom: the same plan made twice has the same digest.
package struct PlanDigest: Sendable {
  /// A block is full at so many changes, or at so many bytes of them, whichever comes first, and ends with its unit.
  package static let (blockChanges, blockBytes) = (10_000, 8 << 20)

  /// The blocks that have ended.
  package private(set) var blocks: [PlanBlock] = []
  private var hash = SHA256()
  private var changes = 0
  private var bytes = 0
  private var lastUnit: Int?

  /// The digest of no change.
  package init() {}

  /// Takes in the next change.
  package mutating func add(_ draft: EventDraft) {
    var encoding = CanonicalEncoding()
    encoding.add(planned: draft)
    add(encoding, unit: draft.unit)
  }

  /// Takes in the next change.
  package mutating func add(_ row: PlannedRow) {
    var encoding = CanonicalEncoding()
    encoding.add(planned: row)
    add(encoding, unit: row.unit)
  }

  /// A full block ends before the first change of another unit.
  private mutating func add(_ encoding: CanonicalEncoding, unit: Int?) {
    if changes >= Self.blockChanges || bytes >= Self.blockBytes, unit != lastUnit { endBlock() }
    encoding.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    changes += 1
    bytes += encoding.bytes.count
    lastUnit = unit
  }

  /// Ends the last block.
  ///
  /// - Returns: all blocks, and `sha256:` and 64 hexadecimal digits of the plan's digest.
  package mutating func finish() -> (blocks: [PlanBlock], digest: String) {
    if changes > 0 { endBlock() }
    return (blocks, Self.digest(of: blocks))
  }

  /// `sha256:` and the digest over those of the blocks, each with its number of changes.
  package static func digest(of blocks: [PlanBlock]) -> String {
    var encoding = CanonicalEncoding()
    for block in blocks {
      encoding.add(block.changes)
      encoding.add(blob: Hexadecimal.bytes(block.digest))
    }
    return "sha256:" + Hexadecimal.text(encoding.sha256)
  }

  /// The digest of one block's rows, in hexadecimal.
  static func block(_ rows: some Sequence<PlannedRow>) -> String {
    var hash = SHA256()
    for row in rows {
      var encoding = CanonicalEncoding()
      encoding.add(planned: row)
      encoding.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    return Hexadecimal.text(Array(hash.finalize()))
  }

  private mutating func endBlock() {
    blocks.append(PlanBlock(changes: changes, digest: Hexadecimal.text(Array(hash.finalize()))))
    hash = SHA256()
    (changes, bytes) = (0, 0)
  }
}

/// The digest of a plan that a program of format 1 sealed: a chain over its changes.
struct ChainedPlanDigest {
  private var value = [UInt8](repeating: 0, count: 32)

  mutating func add(_ row: PlannedRow) {
    var encoding = CanonicalEncoding(startingWith: value)
    encoding.add(planned: row)
    value = encoding.sha256
  }

  /// `sha256:` and 64 hexadecimal digits.
  var description: String { "sha256:" + Hexadecimal.text(value) }
}

extension CanonicalEncoding {
  /// A planned change as plans cover it.
  mutating func add(planned draft: EventDraft) {
    add(
      draft.change, draft.unit, draft.stage, draft.table, key: draft.key, before: draft.before,
      after: draft.after)
  }

  /// A planned change as plans cover it.
  mutating func add(planned row: PlannedRow) {
    add(row.ordinal, row.unit, row.stage, row.table, key: row.key, before: row.before, after: row.after)
  }

  private mutating func add(
    _ change: Int?, _ unit: Int?, _ stage: Int?, _ table: String?, key: [UInt8]?, before: [UInt8]?,
    after: [UInt8]?
  ) {
    add(change)
    add(unit)
    add(stage)
    add(text: table)
    add(text: key)
    add(text: before)
    add(text: after)
  }
}
