import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import Testing

/// A crash is simulated by what it leaves on disk: a copy of journal and tables, taken at each append before it is
/// committed, and at each write after it is made. A second process opens the copy and goes on.
public struct MigrationDeath: Sendable {
  /// What the API is to a process that goes on.
  public enum API: Sendable, CaseIterable {
    /// It answers as it did.
    case same
    /// It answers otherwise.
    case changed
    /// Nobody answers.
    case gone
  }

  private let specimen: MigrationSpecimen
  private let folder: String

  /// Deaths of that migration, in a folder that the caller removes.
  public init(_ specimen: MigrationSpecimen, in folder: String) {
    self.specimen = specimen
    self.folder = folder
  }

  /// Where a command came to.
  private struct Outcome: Equatable {
    let tables: [String]
    let counts: RunCounts
    let state: RunState
    let digest: String?
  }

  // MARK: What dies

  /// Dies everywhere in a run and resumes it: each ends as the run that nobody interrupted.
  ///
  /// - Returns: how many runs died with replies captured and no plan sealed: those that had to plan from the journal.
  public func diesRunning(api: API) async throws -> Int {
    let whole = try await live(ready: { try await specimen.seed($0) }) { try await run($0) }
    var replayed = 0
    for copy in try whole.copies() {
      let harness = try MigrationHarness(folder: copy)
      // Killed before its first event, it left nothing to go on with.
      guard let fold = try await harness.journal.runs().last else { continue }
      if try await answer(harness, fold, as: api), fold.plan == nil { replayed += 1 }
      let result = try await resume(harness, fold)
      try await expect(harness, result, whole.outcome, copy)
    }
    return replayed
  }

  /// Dies everywhere in the rollback of a run and goes on: each ends as the rollback that nobody interrupted.
  public func diesRollingBack() async throws {
    let whole = try await live(
      ready: {
        try await specimen.seed($0)
        _ = try await run($0)
      }, { try await rollBack($0) })
    for copy in try whole.copies() {
      let harness = try MigrationHarness(folder: copy)
      let fold = try #require(try await harness.journal.runs().last)
      let isBegun = fold.position.state == .rollingBack
      let result = isBegun ? try await resume(harness, fold) : try await rollBack(harness)
      try await expect(harness, result, whole.outcome, copy)
    }
  }

  /// The plan of a run that meets the API as it is later, for comparison.
  public func laterDigest() async throws -> (now: String?, later: String?) {
    var digests: [String?] = []
    for (name, replies) in [("now", specimen.replies), ("later", specimen.laterReplies)] {
      try Folder.make("\(folder)/\(name)")
      let harness = try MigrationHarness(folder: "\(folder)/\(name)")
      try await specimen.seed(harness)
      for (name, reply) in replies { harness.inputs.set(name, reply) }
      let dry = try await harness.run(specimen.migration, specimen.settings, RunRequest.dry)
      digests.append(dry.fold.plan?.digest)
    }
    return (digests[0], digests[1])
  }

  // MARK: Parts

  /// A command that nobody interrupts, with a copy for each moment in which somebody could have.
  private struct Whole {
    let outcome: Outcome
    private let shots: Shots

    init(_ outcome: Outcome, _ shots: Shots) {
      self.outcome = outcome
      self.shots = shots
    }

    func copies() throws -> [String] {
      let taken = shots.taken
      #expect(taken.errors.isEmpty)
      #expect(taken.names.count >= 5)
      return taken.names
    }
  }

  private func live(
    ready: (MigrationHarness) async throws -> Void, _ command: (Live) async throws -> RunResult
  ) async throws -> Whole {
    let place = folder + "/live"
    try Folder.make(place)
    let shots = Shots(place)
    let harness = try MigrationHarness(folder: place, appending: { shots.take("append") })
    try await ready(harness)
    shots.begin()
    let store = WatchedStore(
      harness.store,
      after: { call in if case .write = call { shots.take("write") } })
    let result = try await command(Live(harness: harness, store: store))
    shots.end()
    return Whole(try await outcome(harness, result), shots)
  }

  private struct Live {
    let harness: MigrationHarness
    var store: WatchedStore?
  }

  private func run(_ live: Live) async throws -> RunResult {
    try await live.harness.run(specimen.migration, specimen.settings, on: live.store)
  }

  private func run(_ harness: MigrationHarness) async throws -> RunResult {
    try await run(Live(harness: harness))
  }

  private func rollBack(_ live: Live) async throws -> RunResult {
    let fold = try await live.harness.journal.run(named: "latest")
    return try await live.harness.rollBack(fold, on: live.store).result
  }

  private func rollBack(_ harness: MigrationHarness) async throws -> RunResult {
    try await rollBack(Live(harness: harness))
  }

  private func resume(_ harness: MigrationHarness, _ fold: RunFold) async throws -> RunResult {
    try await harness.resume(fold, specimen.migration, variables: specimen.settings.variables)
  }

  /// Sets what the API says of what is captured; whether anything is.
  private func answer(_ harness: MigrationHarness, _ fold: RunFold, as api: API) async throws -> Bool {
    var isCaptured = false
    for (name, reply) in specimen.replies {
      let pieces = try await harness.journal.inputPieces(
        name, of: fold.number, after: fold.inputsRejectedBefore)
      isCaptured = isCaptured || pieces != nil
      let later = api == .changed ? specimen.laterReplies[name] : nil
      harness.inputs.set(name, pieces == nil || api == .same ? reply : later)
    }
    return isCaptured
  }

  private func outcome(_ harness: MigrationHarness, _ result: RunResult) async throws -> Outcome {
    Outcome(
      tables: try await harness.dump(), counts: result.counts, state: result.fold.position.state,
      digest: result.fold.plan?.digest)
  }

  private func expect(
    _ harness: MigrationHarness, _ result: RunResult, _ whole: Outcome, _ copy: String
  ) async throws {
    let found = try await outcome(harness, result)
    let moment = URL(fileURLWithPath: copy).lastPathComponent
    #expect(found.tables == whole.tables, "\(specimen), \(moment)")
    #expect(found.counts == whole.counts, "\(specimen), \(moment)")
    #expect(found.state == whole.state && found.digest == whole.digest, "\(specimen), \(moment)")
    #expect(try await harness.journal.doubledOutcomes(of: result.fold.number) == [], "\(specimen), \(moment)")
    _ = try await harness.journal.verify()
  }
}

/// Copies of a folder, as crashes would leave it; the lock guards all fields, hence the unchecked conformance.
private final class Shots: @unchecked Sendable {
  private let lock = NSLock()
  private let folder: String
  private var isTaking = false
  private var names: [String] = []
  private var errors: [String] = []

  init(_ folder: String) { self.folder = folder }

  var taken: (names: [String], errors: [String]) { lock.withLock { (names, errors) } }

  func begin() { lock.withLock { isTaking = true } }

  func end() { lock.withLock { isTaking = false } }

  func take(_ moment: String) {
    lock.withLock {
      guard isTaking else { return }
      let name = "\(folder)-\(names.count)-\(moment)"
      do { try copy(to: name) } catch { errors.append("\(error)") }
      names.append(name)
    }
  }

  private func copy(to name: String) throws {
    try Folder.make(name)
    let files = FileManager.default
    for file in ["tables.sqlite", "tables.sqlite-wal", "journal.sqlite", "journal.sqlite-wal"]
    where files.fileExists(atPath: "\(folder)/\(file)") {
      try files.copyItem(atPath: "\(folder)/\(file)", toPath: "\(name)/\(file)")
    }
  }
}

extension Journal {
  /// The numbers of a run's changes that were applied or undone more than once.
  package func doubledOutcomes(of run: Int64) async throws -> [Int] {
    var filter = AuditFilter()
    filter.run = run
    var seen: Set<String> = []
    var doubled: [Int] = []
    for try await page in try audit(filter) {
      for entry in page where [.applied, .compensated].contains(entry.event.kind) {
        let change = entry.event.change ?? 0
        if !seen.insert("\(entry.event.kind) \(change)").inserted { doubled.append(change) }
      }
    }
    return doubled
  }
}
