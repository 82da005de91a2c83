import Crypto
import DynamoJournalJSON
import DynamoJournalTables

/// Decides event by event what is erased of it; no I/O.
struct Eraser {
  /// How many events lost a value.
  private(set) var events = 0
  /// The runs that lost a value.
  private(set) var runs: Set<Int64> = []
  /// Those of them with captured replies that were kept.
  private(set) var runsWithInputs: Set<Int64> = []

  private let scope: ErasureScope
  private let folds: [Int64: RunFold]
  /// The planned events that lose a value; what is about them later loses it, too.
  private var planned: Set<Int64> = []
  /// The runs whose plan loses a value, so that its digests, from which a short value could be guessed, go as well.
  private var plans: Set<Int64> = []

  init(_ scope: ErasureScope, _ folds: [RunFold]) {
    self.scope = scope
    self.folds = Dictionary(uniqueKeysWithValues: folds.map { ($0.number, $0) })
  }

  /// In words that name no value.
  var words: String {
    switch scope {
    case .item(let table, _): "one item of table '\(table)'"
    case .attribute(let name, let table): "attribute '\(name)'" + (table.map { " of table '\($0)'" } ?? "")
    case .before(let time): "runs that ended before \(Timestamp.text(time))"
    }
  }

  func ids(_ numbers: Set<Int64>) -> [String] { numbers.sorted().compactMap { folds[$0]?.started.run } }

  /// What is to be erased must not be needed any more to go on with a run.
  func refuseUnfinished() throws {
    let open = runs.filter { number in
      guard let state = folds[number]?.position.state else { return false }
      return state != .applied && state != .rolledBack && state != .closed && state != .incomplete
    }
    if !open.isEmpty { throw JournalError.unfinishedRuns(ids(open)) }
  }

  // MARK: First walk

  /// Learns which planned events are meant.
  mutating func learn(_ row: EventRow) throws {
    guard row.isOf(.planned), isMeant(row) else { return }
    // What was found of an item later may hold an attribute that the change of it does not.
    if !isOfEveryTable { planned.insert(row.seq) }
    if holds(row) { plans.insert(row.run) }
  }

  /// Whether every planned event is meant, so that none has to be remembered.
  private var isOfEveryTable: Bool { if case .attribute(_, nil) = scope { true } else { false } }

  private func isMeant(_ row: EventRow) -> Bool {
    switch scope {
    case .item(let table, let key):
      row.table.map { $0.elementsEqual(table.utf8) } ?? false && row.fields.key == key
    case .attribute(_, let table):
      table == nil || row.table.map { $0.elementsEqual((table ?? "").utf8) } ?? false
    case .before(let time): ended(row.run, before: time)
    }
  }

  private func ended(_ run: Int64, before time: Int64) -> Bool {
    guard let fold = folds[run], !fold.position.state.isUnderWay, fold.position.state != .interrupted,
      fold.position.state != .planned
    else { return false }
    return fold.lastEventAt < time
  }

  private func holds(_ row: EventRow) -> Bool {
    guard case .attribute(let name, _) = scope else { return true }
    return [row.fields.key, row.fields.before, row.fields.after].contains { Self.names($0, name) }
  }

  // MARK: Second walk

  /// Takes out of an event what is to be erased; its hash stays.
  mutating func erase(_ row: inout EventRow) throws {
    let before = row.fields
    switch scope {
    case .item: eraseItem(&row)
    case .attribute(let name, let table): eraseAttribute(name, table, &row)
    case .before(let time): eraseRun(time, &row)
    }
    if plans.contains(row.run) { eraseDigests(&row) }
    if plans.contains(row.run), row.isOf(.input), Self.hasReply(row) { runsWithInputs.insert(row.run) }
    guard row.fields != before else { return }
    events += 1
    if folds[row.run] != nil { runs.insert(row.run) }
    try seal(&row, was: before)
  }

  /// Whether an input has a reply, or names the events that have it.
  private static func hasReply(_ row: EventRow) -> Bool {
    if row.fields.body != nil { return true }
    guard let detail = row.fields.detail else { return false }
    return (try? DetailCoding.decode(InputDetail.self, detail))?.copyOf != nil
  }

  private func eraseItem(_ row: inout EventRow) {
    if isPlannedMeant(row) {
      row.fields = EventFields(detail: Self.withoutFound(row.fields.detail))
    } else if row.isOf(.note), isMeant(row) {
      row.fields.key = nil
      row.fields.detail = Self.replacing("message", in: row.fields.detail)
    }
  }

  private func isPlannedMeant(_ row: EventRow) -> Bool {
    isOfEveryTable
      ? row.change != nil : planned.contains(row.seq) || row.planned.map { planned.contains($0) } ?? false
  }

  private func eraseAttribute(_ name: String, _ table: String?, _ row: inout EventRow) {
    if row.isOf(.note), isMeant(row), Self.names(row.fields.key, name) {
      row.fields.detail = Self.replacing("message", in: row.fields.detail)
    } else if !(row.isOf(.planned) ? isMeant(row) : isPlannedMeant(row)) {
      return
    }
    for index in [EventFields.keyIndex, EventFields.beforeIndex, EventFields.afterIndex] {
      row.fields[index] = Self.removing(name, from: row.fields[index])
    }
    row.fields.detail = Self.removing(name, fromFoundIn: row.fields.detail)
  }

  private func eraseRun(_ time: Int64, _ row: inout EventRow) {
    guard ended(row.run, before: time) else { return }
    if row.isOf(.note) {
      row.fields.key = nil
      row.fields.detail = Self.replacing("message", in: row.fields.detail)
    } else if row.isOf(.input) {
      row.fields.body = nil
    } else if row.change != nil {
      row.fields = EventFields(detail: Self.withoutFound(row.fields.detail))
    } else if row.isOf(.rollbackStarted) {
      row.fields.detail = Self.replacing("key", in: row.fields.detail)
    } else if row.isOf(.selected) {
      row.fields.detail = Self.replacing("condition", in: row.fields.detail)
    } else if row.isOf(.checkpoint) {
      // Where the planner had come to names a key.
      row.fields.detail = Self.replacing("position", in: row.fields.detail)
    }
  }

  /// The plan's digest and those of its blocks are over the values without a salt.
  private func eraseDigests(_ row: inout EventRow) {
    if row.isOf(.sealed) {
      row.fields.detail = Self.changing(row.fields.detail) { member in
        switch member.name {
        case "digest": .string(SealedDetail.erasedDigest)
        case "blocks": nil
        default: member.value
        }
      }
    } else if row.isOf(.applyStarted) || row.isOf(.approved) {
      row.fields.detail = Self.replacing("digest", in: row.fields.detail, by: SealedDetail.erasedDigest)
      row.fields.detail = Self.replacing("text", in: row.fields.detail, by: SealedDetail.erasedDigest)
    } else if row.isOf(.rollbackStarted) {
      row.fields.detail = replacingKey("key", in: row.fields.detail)
    } else if row.isOf(.selected) {
      // A condition may say the value that is to go, in any words.
      row.fields.detail = Self.replacing("condition", in: row.fields.detail)
    } else if row.isOf(.checkpoint) {
      row.fields.detail = replacingKey("position", in: row.fields.detail)
    }
  }

  /// Takes out a key that stands in a detail, where it is of what is erased.
  private func replacingKey(_ name: String, in bytes: [UInt8]?) -> [UInt8]? {
    Self.changing(bytes) { member in
      guard member.name == name, let text = member.value.stringValue else { return member.value }
      let isMeant =
        switch scope {
        case .item(_, let key): Array(text.utf8).firstRange(of: key) != nil
        case .attribute(let attribute, _): Self.names(Array(text.utf8), attribute)
        case .before: false
        }
      return isMeant ? .string("erased") : member.value
    }
  }

  /// Puts the digest of what stood there in the place of its salt.
  private func seal(_ row: inout EventRow, was fields: EventFields) throws {
    guard let bytes = row.seals, !EventSeals.isWholeRow(bytes) else {
      // A row of format 1 has no salts: its hash can't be computed any more.
      row.seals = [EventSeals.wholeRow]
      return
    }
    guard var seals = EventSeals.read(bytes) else {
      throw JournalError.damaged(event: row.seq, reason: "its seals can't be read")
    }
    for index in seals.indices where row.fields[index] != fields[index] {
      guard case .salt(let salt) = seals[index], let value = fields[index] else { continue }
      seals[index] = .erased(Array(EventSeals.digest(value, salt: salt))[...])
    }
    row.seals = EventSeals.bytes(seals)
  }
}

extension Eraser {
  /// - Parameter body: the new value of a member; nil to take it out.
  private static func changing(_ bytes: [UInt8]?, _ body: (JSONValue.Member) -> JSONValue?) -> [UInt8]? {
    guard let bytes, let members = (try? JSONValue(parsing: bytes))?.objectValue else { return bytes }
    let kept = members.compactMap { member in
      body(member).map { JSONValue.Member(name: member.name, value: $0) }
    }
    return Array(JSONValue.object(kept).text().utf8)
  }

  private static func replacing(_ name: String, in bytes: [UInt8]?, by text: String = "erased") -> [UInt8]? {
    changing(bytes) { $0.name == name && !$0.value.isNull ? .string(text) : $0.value }
  }

  private static func withoutFound(_ bytes: [UInt8]?) -> [UInt8]? {
    changing(bytes) { $0.name == "found" ? nil : $0.value }
  }

  private static func names(_ bytes: [UInt8]?, _ name: String) -> Bool {
    guard let bytes, let members = (try? JSONValue(parsing: bytes))?.objectValue else { return false }
    return members.contains { $0.name == name }
  }

  private static func removing(_ name: String, from bytes: [UInt8]?) -> [UInt8]? {
    guard names(bytes, name) else { return bytes }
    return changing(bytes) { $0.name == name ? nil : $0.value }
  }

  private static func removing(_ name: String, fromFoundIn bytes: [UInt8]?) -> [UInt8]? {
    changing(bytes) { member in
      guard member.name == "found", let text = member.value.stringValue,
        let left = removing(name, from: Array(text.utf8))
      else { return member.value }
      return .string(String(decoding: left, as: UTF8.self))
    }
  }
}

/// Takes the digest of what is left in events that lost a value, in this erasure or an earlier one.
struct RemainsDigest {
  private var hash = SHA256()

  mutating func add(_ row: EventRow) {
    guard let remains = ErasedRemains.encoding(of: row) else { return }
    remains.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  /// `sha256:` and 64 hexadecimal digits.
  var text: String { "sha256:" + Hexadecimal.text(Array(hash.finalize())) }
}
