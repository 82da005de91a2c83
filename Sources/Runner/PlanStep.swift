import DynamoJournalEvents
import DynamoJournalTables

/// A step of a plan under way: what a migration plans, notes and counts with.
///
/// It is handed to the body of `prepare`, `forEachItem`, `forEachFact` or `forEachElement`, and good for as long as that runs.
public struct PlanStep {
  private let planner: Planner

  init(_ planner: Planner) { self.planner = planner }

  private var recorder: PlanRecorder? { planner.isRepeating ? nil : planner.recorder }

  // MARK: What is planned

  /// Plans a unit: changes that happen together or not at all.
  ///
  /// More changes, or bytes, than a transaction takes are a saga: parts that are written in order, each wholly or not at all; after
  /// a part that fails the later ones are not sent, and all are undone together, the last one first.
  /// - Parameter stage: a stage's changes begin when all of the stage before have their outcomes. Stages are planned in
  ///   ascending order, and an item is changed once a stage.
  public func plan(_ changes: [Change], stage: Int = 1) {
    recorder?.add(changes.map(IntendedChange.item), stage: stage)
  }

  /// Plans a unit of changes whose images are in the journal's form already.
  package func plan(_ changes: [EncodedChange]) throws { try recorder?.add(changes, stage: 1) }

  /// Plans a change of a table.
  public func plan(table change: TableChange, stage: Int = 0) {
    recorder?.add([.table(change)], stage: stage)
  }

  /// Notes a finding about an item or, without a key, about the table or the run.
  public func note(
    _ category: NoteDetail.Category, _ code: String, table: String? = nil, key: Key? = nil, _ message: String
  ) throws {
    let note = NoteDetail(category: category, code: code, message: message)
    try recorder?.note(note, table: table, key: key)
  }

  /// Counts something for the report.
  ///
  /// - Parameter deed: what the changes have to come to for the number to be true; said once, such as with an amount of 0. Without
  ///   it the number is about what was read.
  public func count(_ name: String, _ amount: Int = 1, if deed: CountedDeed? = nil) {
    recorder?.count(name, amount, deed)
  }

  /// Says that only a part was looked at, as a limit or test mode asks: the plan and the report tell people so.
  ///
  /// The planner says it itself of the tables, facts and elements that it hands out.
  /// - Parameters:
  ///   - name: what there is more of, in words: `slashed validators`.
  ///   - read: how many were looked at.
  ///   - total: how many there are.
  public func leave(_ name: String, read: Int, of total: Int) {
    recorder?.leave(UnreadPart(name, read: read, of: total))
  }

  // MARK: What is read

  /// The run's settings.
  public var settings: Settings { planner.settings }
  /// The tables, for reading.
  public var tables: TableReader { planner.tables }
  /// The run's own start, in milliseconds since 1970: the planner's "now".
  public var now: Int64 { planner.now }
  /// How many changes are planned so far, by table and kind.
  public var tally: [PlanTally] { planner.tally }
  /// Whether the limit on units is reached, so that there is nothing more to plan.
  public var isFull: Bool { planner.isFull }

  /// An external reply: captured in the journal before it is used, and the same again when the run is resumed.
  public func input(_ request: InputRequest) async throws -> CapturedInput {
    try await planner.input(request)
  }
}
