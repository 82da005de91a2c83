import DynamoJournalEvents
import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables

/// A run that puts the items of files into a table that has items: the images after are the files', those before are read.
package struct ImportMigration: Migration {
  /// The name of runs that replace what is there.
  package static let replacing = "tables-import"
  /// The name of runs that leave what is there as it is.
  package static let ifAbsent = "tables-import-if-absent"
  private static let step = "items"
  /// Items that are read at once.
  private static let batch = 500

  /// The files, or nil for a run that goes on, whose journal has the items.
  private let source: Source?
  private let keepsExisting: Bool

  /// Files and their table.
  ///
  /// It is confined to the task that plans, hence the unchecked conformance.
  private struct Source: InputSource, @unchecked Sendable {
    let load: ItemImport
    let spec: TableSpec
    /// Throws when somebody has asked to stop.
    var check: () throws -> Void = {}
    /// Bytes that are handed on at once.
    private static let pieceSize = 256 << 10

    func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
      var bytes: [UInt8] = []
      do {
        try await load.forEachBatch(of: ImportMigration.batch) { batch in
          try check()
          for (item, key) in batch { ImageLine.append(spec.name, key, item, to: &bytes) }
          guard bytes.count >= Self.pieceSize else { return }
          try await piece(bytes)
          bytes.removeAll(keepingCapacity: true)
        }
      } catch let error as FileError {
        throw Refusal(error.explanation.problem, remedy: error.explanation.remedy)
      }
      if !bytes.isEmpty { try await piece(bytes) }
    }
  }

  /// An import that is begun.
  ///
  /// - Parameters:
  ///   - load: the files, checked.
  ///   - keepsExisting: whether an item that is there already stays as it is.
  package init(_ load: ItemImport, into spec: TableSpec, keepsExisting: Bool) {
    source = Source(load: load, spec: spec)
    self.keepsExisting = keepsExisting
  }

  /// The import of a run that goes on; nil when the name is that of another migration.
  package init?(goingOn name: String) {
    guard name == Self.replacing || name == Self.ifAbsent else { return nil }
    source = nil
    keepsExisting = name == Self.ifAbsent
  }

  /// By whether it replaces.
  package var name: String { keepsExisting ? Self.ifAbsent : Self.replacing }
  /// One line for people.
  package var summary: String { "the items of files" }
  /// Raised whenever files would be planned otherwise.
  package let version = 1
  /// The items are captured; there is no code of an author.
  package var code: MigrationCode { MigrationCode("sha256:" + name) }
  /// None.
  package let variables: [String] = []
  /// How many items `TEST_MODE` plans.
  package let testLimit = 10

  /// The files were checked when they were read.
  package func check(_ settings: Settings, _ tables: TableReader) async throws {}

  /// Plans every item.
  package func plan(_ planner: Planner) async throws {
    var source = source
    source?.check = planner.checkStop
    let captured = try await CapturedImages.get(planner, from: source)
    let lines = try ImageLines(captured.chunks(), planner, keepsExisting: keepsExisting)
    try await planner.forEachElement(step: Self.step, batch: Self.batch, next: lines.next) { step, batch in
      try await lines.plan(batch, step)
    }
  }
}

/// What a plan of an import makes of the items.
package struct ImportTally: Hashable, Sendable {
  /// Items that are not there yet.
  package var new = 0
  /// Items that are there, and other than the file has them.
  package var replaced = 0
  /// Items that are there as the file has them.
  package var unchanged = 0
  /// Items that are there, other than the file has them, and stay so.
  package var kept = 0

  /// No item was looked at.
  package init() {}

  /// How many items there are.
  package var items: Int { new + replaced + unchanged + kept }
  /// How many of the keys are in the table.
  package var existing: Int { replaced + unchanged + kept }

  /// What a sealed plan of an import says.
  package init(_ plan: SealedDetail) {
    new = plan.tally.reduce(0) { $0 + $1.creates }
    replaced = plan.tally.reduce(0) { $0 + $1.updates }
    unchanged = plan.counters.first { $0.name == ImageLines.rightAlready }?.value ?? 0
    kept = plan.counters.first { $0.name == ImageLines.keptAsTheyAre }?.value ?? 0
  }

  /// Takes in an item and what is in the table.
  package mutating func add(_ item: Item, found: Item?, keepsExisting: Bool) {
    switch found {
    case nil: new += 1
    case item: unchanged += 1
    default: if keepsExisting { kept += 1 } else { replaced += 1 }
    }
  }
}
