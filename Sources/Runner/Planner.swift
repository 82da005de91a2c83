import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// What a migration plans with: it reads, and it takes the steps in which changes are planned.
///
/// What the steps plan and note is journaled in groups, each together with a checkpoint that says from where to go on, so
/// that a plan that is interrupted holds exactly what had been planned up to its last checkpoint. Whatever was planned, noted
/// or counted outside a step would be so again when the run is resumed; so only a `PlanStep` can.
public final class Planner {
  /// The run's settings.
  public let settings: Settings
  /// The tables, for reading.
  public let tables: TableReader
  /// The run's own start, in milliseconds since 1970: "now" for every change of the run, whenever it is resumed.
  public let now: Int64

  /// The run's id.
  package var run: String { started.run }
  let recorder: PlanRecorder
  let inputs: InputCapture
  /// How the run began: its id, and the digest of the code that it was begun with.
  package let started: StartedDetail
  /// Says a line of a program's log; it is escaped where it is written.
  package let say: @Sendable (String) -> Void
  /// At most so many units that change items are planned; nil for all.
  package let unitLimit: Int?
  let stop: StopSignal
  /// In a preparation that an interrupted run had finished already: nothing is planned, counted or noted twice.
  private(set) var isRepeating = false

  init(
    settings: Settings, tables: TableReader, now: Int64, recorder: PlanRecorder, inputs: InputCapture,
    started: StartedDetail, say: @escaping @Sendable (String) -> Void, unitLimit: Int?, stop: StopSignal
  ) {
    self.started = started
    self.say = say
    self.settings = settings
    self.tables = tables
    self.now = now
    self.recorder = recorder
    self.inputs = inputs
    self.unitLimit = unitLimit
    self.stop = stop
  }

  // MARK: The plan as a whole

  /// Refuses to let the plan be applied, with a sentence that says how it could be.
  public func refuse(_ message: String) { recorder.refusal = message }

  /// How many changes are planned so far, by table and kind.
  public var tally: [PlanTally] { recorder.tally }

  /// Whether the limit on units is reached, so that there is nothing more to plan.
  public var isFull: Bool { unitLimit.map { recorder.itemUnits >= $0 } ?? false }

  /// Says that what comes now is not read any more, since the limit is reached.
  func leave(_ name: String, of total: Int?) {
    recorder.leave(UnreadPart(name, read: recorder.read, of: total))
  }

  /// How many elements to hand out at once: each is a unit at most, so that none is handed out beyond the limit.
  private func room(_ size: Int) -> Int {
    unitLimit.map { min(size, max(1, $0 - recorder.itemUnits)) } ?? size
  }

  // MARK: What is read

  /// A table of facts to fill and ask while planning.
  public func lookupTable() throws -> LookupTable { try LookupTable() }

  /// An external reply: captured in the journal before it is used, and the same again when the run is resumed.
  public func input(_ request: InputRequest) async throws -> CapturedInput {
    try await inputs.capture(request)
  }

  // MARK: Steps

  /// Gathers facts. It is done again when the run is resumed, but what it planned, noted and counted is kept
  /// from the first time.
  public func prepare(_ step: String, _ body: (PlanStep) async throws -> Void) async throws {
    try await stop.pass()
    isRepeating = recorder.isCompleted(step)
    defer { isRepeating = false }
    try await body(PlanStep(self))
    if !isRepeating { try await recorder.complete(step) }
  }

  /// Plans from every item of a table, in the table's order, until the limit is reached.
  ///
  /// A run that is resumed goes on after the last item that its checkpoint names.
  public func forEachItem(
    of table: TableDescription, step: String, _ body: (PlanStep, Item) async throws -> Void
  ) async throws {
    guard !recorder.isCompleted(step) else { return }
    let position = try recorder.position(in: step).map { Key(try DynamoDBJSON.item(from: Array($0.utf8))) }
    recorder.read = recorder.readBefore(in: step)
    try await tables.forEachPage(of: table.spec.name, after: position) { items in
      for item in items {
        if isFull {
          leave("items of table '\(table.spec.name)'", of: table.itemCount)
          return false
        }
        try await stop.pass()
        try await body(PlanStep(self), item)
        recorder.read += 1
        try await recorder.reached(step) {
          table.spec.key.key(of: item).map { DynamoDBJSON.text($0.attributes) } ?? ""
        }
      }
      return true
    }
    try await recorder.complete(step)
  }

  /// Plans from every fact of a lookup table, in the order of the names' bytes, until the limit is reached.
  ///
  /// A run that is resumed goes on after the last name of its checkpoint, whatever the table holds by then.
  /// - Parameters:
  ///   - size: so many facts are handed to `body` at once, which watches the limit itself between them.
  public func forEachFact(
    of facts: LookupTable, step: String, batch size: Int = 1,
    _ body: (PlanStep, [LookupTable.Fact]) async throws -> Void
  ) async throws {
    guard !recorder.isCompleted(step) else { return }
    var position = recorder.position(in: step)
    recorder.read = recorder.readBefore(in: step)
    while true {
      try await stop.pass()
      let batch = try facts.facts(after: position, limit: room(size))
      guard let last = batch.last else { break }
      if isFull {
        leave("entries of step '\(step)'", of: try facts.count())
        break
      }
      try await body(PlanStep(self), batch)
      recorder.read += batch.count
      position = last.name
      try await recorder.reached(step) { last.name }
    }
    try await recorder.complete(step)
  }

  /// Plans from the elements of a captured input, until the limit is reached.
  ///
  /// A run that is resumed goes on after as many elements as its checkpoint says; they are read past, so that `next` may
  /// keep what it has to know of them.
  /// - Parameters:
  ///   - size: so many elements are handed to `body` at once, which watches the limit itself between them.
  ///   - next: the next element, or nil when there is no more.
  public func forEachElement<Element>(
    step: String, batch size: Int = 1, next: () throws -> Element?,
    _ body: (PlanStep, [Element]) async throws -> Void
  ) async throws {
    guard !recorder.isCompleted(step) else { return }
    let start = recorder.position(in: step).flatMap { Int($0) } ?? 0
    var done = 0
    while done < start, try next() != nil { done += 1 }
    while true {
      try await stop.pass()
      var batch: [Element] = []
      let size = room(size)
      while batch.count < size, let element = try next() { batch.append(element) }
      if batch.isEmpty { break }
      recorder.read = done
      if isFull {
        leave("entries of step '\(step)'", of: nil)
        break
      }
      try await body(PlanStep(self), batch)
      done += batch.count
      try await recorder.reached(step) { String(done) }
    }
    try await recorder.complete(step)
  }

  /// Plans from elements that come sorted by their places, until the limit is reached.
  ///
  /// A run that is resumed goes on after the last place of its checkpoint, whatever comes before it by then.
  /// - Parameters:
  ///   - next: the next place, in the order of its bytes, and what stands there; nil when there is no more.
  ///   - passed: told of what an interrupted run had planned already.
  ///   - size: so many elements are handed to `body` at once, which watches the limit itself between them.
  package func forEachPlace<Element>(
    step: String, batch size: Int, next: () throws -> (place: [UInt8], element: Element)?,
    passed: (Element) throws -> Void, _ body: (PlanStep, [Element]) async throws -> Void
  ) async throws {
    guard !recorder.isCompleted(step) else { return }
    let start = recorder.position(in: step).map { Array($0.utf8) }
    recorder.read = recorder.readBefore(in: step)
    while true {
      try await stop.pass()
      var batch: [Element] = []
      var last: [UInt8] = []
      let size = room(size)
      while batch.count < size, let (place, element) = try next() {
        if let start, !start.lexicographicallyPrecedes(place) {
          try passed(element)
          continue
        }
        batch.append(element)
        last = place
      }
      if batch.isEmpty { break }
      if isFull {
        leave("entries of step '\(step)'", of: nil)
        break
      }
      try await body(PlanStep(self), batch)
      recorder.read += batch.count
      try await recorder.reached(step) { String(decoding: last, as: UTF8.self) }
    }
    try await recorder.complete(step)
  }
}
