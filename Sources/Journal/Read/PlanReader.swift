import BitCollections
import DynamoJournalSQLite

/// Reads a sealed plan block by block, and hands nothing out that is not what was sealed.
///
/// Nobody can slip another change in between the approval of a plan and its writing: a block is compared with its digest when
/// it is read, forward and backward, and what is handed out is what was compared.
package struct PlanReader: Sendable {
  /// The numbers of the changes of each block.
  package let blocks: [Range<Int>]
  /// The stages of the plan, in order.
  package let stages: [PlanStage]
  private let journal: Journal
  private let run: RunHandle
  private let digests: [String?]

  /// A reader of a run's plan.
  ///
  /// - Throws: `JournalError.planAltered` when the plan as a whole is not what was sealed, or not what was confirmed.
  package init(_ journal: Journal, _ fold: RunFold) async throws {
    guard let plan = fold.plan else {
      throw JournalError.moveNotAllowed(run: fold.started.run, state: fold.position.state, move: "read")
    }
    if let confirmed = fold.confirmedDigest, confirmed != plan.digest {
      throw JournalError.planAltered(run: fold.started.run)
    }
    self.journal = journal
    run = fold.handle
    if let sealed = plan.blocks, let stages = plan.stages {
      guard PlanDigest.digest(of: sealed) == plan.digest,
        sealed.reduce(0, { $0 + $1.changes }) == plan.changes
      else { throw JournalError.planAltered(run: fold.started.run) }
      blocks = Self.ranges(sealed.map(\.changes))
      digests = sealed.map(\.digest)
      self.stages = stages
      return
    }
    let whole = try await journal.blocksOfOldPlan(fold, plan)
    blocks = Self.ranges(whole.blocks.map(\.changes))
    digests = whole.isErased ? whole.blocks.map { _ in nil } : whole.blocks.map(\.digest)
    stages = whole.stages
  }

  /// The changes of a block, in order.
  ///
  /// - Throws: `JournalError.planAltered` when they are not what was sealed.
  package func rows(of block: Int) async throws -> [PlannedRow] {
    try await journal.block(blocks[block], of: run, digest: digests[block])
  }

  /// The stage that a change is in.
  package func stage(of change: Int) -> Int { stages.last { $0.firstChange <= change }?.stage ?? 0 }

  private static func ranges(_ sizes: [Int]) -> [Range<Int>] {
    var next = 1
    return sizes.map { size in
      defer { next += size }
      return next..<next + size
    }
  }
}

extension Journal {
  /// The planned rows of a stretch of changes, compared with the digest of their block.
  ///
  /// - Parameter digest: nil for a plan whose digests went with values that were erased: then each row is held to the chain.
  fileprivate func block(_ changes: Range<Int>, of run: RunHandle, digest: String?) throws -> [PlannedRow] {
    try translated {
      let first = try place(of: changes.lowerBound, of: run)
      let rows = try planned(of: run.number, after: first - 1, limit: changes.count)
      guard rows.map(\.ordinal) == Array(changes) else { throw JournalError.planAltered(run: run.id) }
      if let digest {
        guard PlanDigest.block(rows) == digest else { throw JournalError.planAltered(run: run.id) }
      } else {
        try checkLinks(from: rows.first?.seq ?? 0, through: rows.last?.seq ?? 0)
      }
      return rows
    }
  }

  /// Holds a stretch of events to the hashes before them.
  private func checkLinks(from first: Int64, through last: Int64) throws {
    let walk = ChainWalk(connection, format: fileFormat)
    // A planned event has its run's `started` event before it.
    let start = max(1, first - 1)
    var before = Head.empty
    try walk.walk(after: start - 1, limit: 1) { before = Head(seq: $0.seq, hash: $0.hash) }
    var check = try walk.begin(after: before)
    try walk.walk(after: start, limit: last - start) { try check.check($0) }
  }

  /// Where a change's planned event stands, by halving: the changes of a run stand in order before its seal.
  func place(of change: Int, of run: RunHandle) throws -> Int64 {
    var low = run.number
    var high = head.seq + 1
    while low < high {
      let middle = low + (high - low) / 2
      let found = try connection.statement(Queries.plannedFrom).bind(1, run.number).bind(2, middle).first {
        (seq: $0.integer(0), change: $0.integer(1))
      }
      if let found, found.change < Int64(change) { low = found.seq + 1 } else { high = middle }
    }
    return low
  }

  /// The blocks of a plan that has none: one that a program of format 1 sealed, or one whose digests were erased with its
  /// values. Reads all of it once.
  fileprivate func blocksOfOldPlan(
    _ fold: RunFold, _ plan: SealedDetail
  ) throws -> (blocks: [PlanBlock], stages: [PlanStage], isErased: Bool) {
    var digest = PlanDigest()
    var chained = ChainedPlanDigest()
    var stages: [PlanStage] = []
    var isErased = false
    var position = fold.number
    while true {
      let rows = try planned(of: fold.number, after: position, limit: 1_000)
      for row in rows {
        digest.add(row)
        chained.add(row)
        isErased = isErased || row.isErased
        if stages.last?.stage != row.stage {
          stages.append(PlanStage(stage: row.stage, firstChange: row.ordinal))
        }
      }
      guard let last = rows.last else { break }
      position = last.seq
    }
    let isChained = plan.digest == chained.description
    guard isChained || isErased || plan.digest == SealedDetail.erasedDigest else {
      throw JournalError.planAltered(run: fold.started.run)
    }
    return (digest.finish().blocks, stages, !isChained)
  }
}

extension SealedDetail {
  /// What stands in place of a plan's digest that went with values that were erased: a short value could be guessed from it.
  static let erasedDigest = "erased"
}
