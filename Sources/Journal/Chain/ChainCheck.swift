import Crypto
import DynamoJournalSQLite

/// Walks a chain event by event: no gap, no edit, no reordering, each sealed plan what was planned, nothing taken out that
/// an erasure does not tell of, and the index in step with the table.
///
/// A value: the same walk checks a whole journal, a copy on its way to a new file, and a journal that a run goes on with.
struct ChainCheck {
  /// The end of what was found right so far.
  private(set) var head: Journal.Head
  /// Where the journal begins.
  let base: JournalBase
  private let actors: [Int64: ActorSeal]
  /// The first event of format 2.
  private let secondFormat: Int64
  private var plans = PlanChecks()
  private var remains = RemainsCheck()
  private var runEvents = UnorderedDigest()

  /// - Parameters:
  ///   - secondFormat: the first event of format 2; `Int64.max` in a file of format 1.
  ///   - base: where the journal begins.
  ///   - head: where to begin; nil for the beginning.
  init(actors: [Int64: ActorSeal], secondFormat: Int64, base: JournalBase, after head: Journal.Head?) {
    self.base = base
    self.actors = actors
    self.secondFormat = secondFormat
    self.head = head ?? base.head
  }

  /// Takes in the next event.
  ///
  /// - Throws: `JournalError.damaged` when it is not what was written, or not where it was written.
  mutating func check(_ row: EventRow) throws {
    guard row.seq == head.seq + 1 else {
      throw JournalError.damaged(event: head.seq + 1, reason: "it is missing; the next one is \(row.seq)")
    }
    guard let actor = actors[row.actor] else { throw damaged(row, "its actor is missing") }
    let isFirstFormat = row.seq < secondFormat
    if !(isFirstFormat && EventSeals.isWholeRow(row.seals)) {
      guard try hash(row, actor, isFirstFormat ? .one : .two) == row.hash else {
        throw damaged(row, "it is not what was written, or the event before it is not")
      }
    }
    head = Journal.Head(seq: row.seq, hash: row.hash)
    try remains.check(row)
    try plans.check(row, isFirstFormat: isFirstFormat)
    if row.change == nil { runEvents.add(row.run, row.seq) }
  }

  /// Whether the last event that was found right is of format 1, and a next one would be, too.
  var isInFirstFormat: Bool { secondFormat != 1 && head.seq < secondFormat }

  /// The digest of what erasures left up to here, where the last `erased` event tells of something else; nil where it does not.
  var uncoveredRemains: String? { remains.uncovered }

  /// Takes in the end of the journal.
  ///
  /// - Parameter indexed: run and place of every event that the index of the run events holds.
  func finish(indexed: UnorderedDigest) throws {
    try remains.finish()
    guard indexed == runEvents else {
      throw JournalError.damaged(
        event: head.seq, reason: "the index of the runs does not hold what the table holds, up to this event")
    }
  }

  private func hash(_ row: EventRow, _ actor: ActorSeal, _ format: ChainFormat) throws -> [UInt8] {
    do { return try format.hash(row, after: head.hash, actor) } catch { throw damaged(row, error.reason) }
  }

  private func damaged(_ row: EventRow, _ reason: String) -> JournalError {
    .damaged(event: row.seq, reason: reason)
  }
}

/// A digest of pairs in any order, under a key that is new in each process, so that nobody can make another set that has it.
struct UnorderedDigest: Hashable {
  private var count = 0
  private var sum = 0
  private var other = 0

  mutating func add(_ run: Int64, _ seq: Int64) {
    var hasher = Hasher()
    hasher.combine(run)
    hasher.combine(seq)
    let first = hasher.finalize()
    var second = Hasher()
    second.combine(seq)
    second.combine(first)
    count += 1
    sum &+= first
    other &+= second.finalize()
  }
}

/// What is left in events that lost a value is covered by the last `erased` event.
struct RemainsCheck {
  private var hash = SHA256()
  private var last: (seq: Int64, remaining: String)?
  private var firstWithout: Int64?

  mutating func check(_ row: EventRow) throws {
    if let remains = ErasedRemains.encoding(of: row) {
      remains.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
      firstWithout = firstWithout ?? row.seq
    }
    if row.isOf(.erased) {
      do {
        last = (row.seq, try DetailCoding.decode(ErasedDetail.self, row.fields.detail).remaining)
      } catch { throw JournalError.damaged(event: row.seq, reason: "its detail can't be read") }
    }
  }

  /// The digest of what is left, where no erasure tells of it; nil where one does, or nothing was erased.
  var uncovered: String? {
    if firstWithout == nil { return nil }
    let found = "sha256:" + Hexadecimal.text(Array(hash.finalize()))
    return last?.remaining == found ? nil : found
  }

  func finish() throws {
    guard let firstWithout, uncovered != nil else { return }
    throw JournalError.damaged(
      event: firstWithout, reason: "it lacks a value, or has another, and no erasure tells of it")
  }
}

/// What an erasure leaves of an event, as `ErasedDetail.remaining` covers it.
enum ErasedRemains {
  /// The bytes to cover: the event's number and, of each column that was erased, what stands there now; nil for an event
  /// that lost nothing. Of an event of format 1 all columns and its hash are covered, since its hash covers none any more.
  static func encoding(of row: EventRow) -> CanonicalEncoding? {
    guard let bytes = row.seals else { return nil }
    var encoding = CanonicalEncoding()
    encoding.add(row.seq)
    if EventSeals.isWholeRow(bytes) {
      encoding.add(row.run)
      encoding.add(text: row.kind)
      let numbers = [
        row.at, row.actor, row.change, row.unit, row.stage, row.planned, row.shard, row.attempt,
      ]
      for number in numbers { encoding.add(number) }
      encoding.add(text: row.table)
      for index in 0..<EventFields.count { encoding.add(blob: row.fields[index]) }
      encoding.add(blob: row.hash)
      return encoding
    }
    guard let seals = EventSeals.read(bytes) else { return nil }
    var isErased = false
    for (index, seal) in seals.enumerated() {
      guard case .erased = seal else { continue }
      isErased = true
      encoding.add(index)
      encoding.add(blob: row.fields[index])
    }
    return isErased ? encoding : nil
  }

  /// Whether a value of the row was erased.
  static func isErased(_ row: EventRow) -> Bool { encoding(of: row) != nil }
}

/// Takes the digest of each plan again on the way. Several runs can be under way in one journal.
private struct PlanChecks {
  private struct Open {
    var digest = PlanDigest()
    var chained: ChainedPlanDigest? = ChainedPlanDigest()
    var hasLostValues = false
  }

  private var open: [Int64: Open] = [:]

  mutating func check(_ row: EventRow, isFirstFormat: Bool) throws {
    if row.isOf(.planned) {
      try add(row, isFirstFormat)
    } else if row.isOf(.sealed) {
      try checkSeal(row)
    }
  }

  private mutating func add(_ row: EventRow, _ isFirstFormat: Bool) throws {
    let planned = try PlannedRow(row)
    var plan = open[row.run] ?? Open()
    plan.digest.add(planned)
    if isFirstFormat { plan.chained?.add(planned) } else { plan.chained = nil }
    plan.hasLostValues = plan.hasLostValues || ErasedRemains.isErased(row)
    open[row.run] = plan
  }

  private mutating func checkSeal(_ row: EventRow) throws {
    var plan = open.removeValue(forKey: row.run) ?? Open()
    if plan.hasLostValues || ErasedRemains.isErased(row) { return }
    let sealed: SealedDetail
    do { sealed = try DetailCoding.decode(SealedDetail.self, row.fields.detail) } catch {
      throw JournalError.damaged(event: row.seq, reason: "its detail can't be read")
    }
    let found = plan.digest.finish()
    let isRight =
      sealed.blocks == nil
      ? sealed.digest == plan.chained?.description
      : sealed.digest == found.digest && sealed.blocks == found.blocks
    guard isRight else {
      throw JournalError.damaged(event: row.seq, reason: "the plan's digest is not that of its changes")
    }
  }
}
