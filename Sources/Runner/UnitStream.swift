import DynamoJournalEvents
import DynamoJournalTables

/// Reads a run's planned units from the journal, block by block, forward or backward, leaving out what is not wanted.
///
/// A block is compared with its digest when it is read, before anything of it is handed out.
struct UnitStream {
  enum Direction { case forward, backward }

  private let plan: PlanReader
  private let direction: Direction
  private let isWanted: @Sendable (Int) -> Bool
  private var blocks: ArraySlice<Int>
  private var rows: [PlannedRow] = []
  private var nextRow = 0
  private var nextBlock: Task<[PlannedRow], any Error>?
  /// The stage of the last unit that was left out.
  private(set) var skippedStage: Int?
  /// Units that were wanted and can't be written, since a value of theirs was erased.
  private(set) var erasedUnits = 0

  /// - Parameter isWanted: tells by a change's number whether its unit is.
  init(_ plan: PlanReader, _ direction: Direction, isWanted: @escaping @Sendable (Int) -> Bool) {
    self.plan = plan
    self.direction = direction
    self.isWanted = isWanted
    blocks = (direction == .forward ? Array(plan.blocks.indices) : plan.blocks.indices.reversed())[...]
  }

  /// The next unit, its changes in the order of the stream, or nil at the end.
  mutating func next() async throws -> PlannedUnit? {
    while let unit = try await nextUnit(), let first = unit.first {
      guard unit.contains(where: { isWanted($0.ordinal) }) else {
        skippedStage = first.stage
        continue
      }
      if unit.contains(where: \.isErased) {
        erasedUnits += 1
        skippedStage = first.stage
        continue
      }
      return PlannedUnit(
        number: first.unit, stage: first.stage, changes: try unit.map { try $0.change() }, isWanted: isWanted)
    }
    return nil
  }

  /// The stage of the last unit that was left out, told once.
  mutating func takeSkippedStage() -> Int? {
    defer { skippedStage = nil }
    return skippedStage
  }

  /// The rows of the next unit; a unit never stands in two blocks.
  private mutating func nextUnit() async throws -> [PlannedRow]? {
    while nextRow >= rows.count {
      guard let block = try await takeBlock() else { return nil }
      rows = block
      nextRow = 0
    }
    let number = rows[nextRow].unit
    let unit = rows[nextRow...].prefix { $0.unit == number }
    nextRow += unit.count
    return Array(unit)
  }

  /// The rows of the next block with anything wanted; the one after it is read while this one is worked on.
  private mutating func takeBlock() async throws -> [PlannedRow]? {
    guard let task = nextBlock ?? fetch() else { return nil }
    nextBlock = nil
    let rows = try await task.value
    nextBlock = fetch()
    return direction == .forward ? rows : rows.reversed()
  }

  private mutating func fetch() -> Task<[PlannedRow], any Error>? {
    while let block = blocks.popFirst() {
      let changes = plan.blocks[block]
      if changes.contains(where: isWanted) { return Task { [plan] in try await plan.rows(of: block) } }
      if let last = direction == .forward ? changes.last : changes.first {
        skippedStage = plan.stage(of: last)
      }
    }
    return nil
  }
}
