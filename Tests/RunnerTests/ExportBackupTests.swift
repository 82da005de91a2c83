import DynamoJournalProgram
import DynamoJournalExports
import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Exports before the first change")
struct ExportBackupTests {
  private static let wantsExport = RunRequest(backupKind: .export)

  private func folder(_ bench: Workbench) -> ExportFolder { ExportFolder(besideJournal: bench.journal.path) }

  private func withoutBackups() -> FaultyStore.Faults {
    var faults = FaultyStore.Faults()
    faults.knowsNoBackups = true
    return faults
  }

  @Test func anExportIsJournaledWithCountDigestAndFolder() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, 8)
      let result = try await bench.run(Toy.movesItems, Self.wantsExport)
      #expect(result.end == .done)
      #expect(await bench.store.backupsMade == [])
      let exports = folder(bench).exports().exports
      #expect(exports.map(\.manifest.items).sorted() == [0, 8])
      for (detail, export) in zip(result.fold.backups, exports.sorted { $0.path < $1.path }) {
        #expect(detail == BackedUpDetail(export) && detail.kind == .export)
        #expect(detail.digest == "sha256:" + export.manifest.sha256 && detail.path == export.path)
        #expect(export.manifest.origin.run == result.fold.started.run)
      }
      #expect(result.fold.backups.count == 2)
    }
  }

  @Test func aServerWithoutBackupsOnThisMachineIsExportedAndThatIsSaid() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place, faults: withoutBackups(), isLoopback: true)
      try await Toy.fill(bench.tables, 5)
      let result = try await bench.run(Toy.movesItems)
      #expect(result.end == .done && result.fold.backups.map(\.kind) == [.export, .export])
      #expect(bench.exports.values == [folder(bench).path], "said once")
    }
  }

  @Test func aServerWithoutBackupsElsewhereIsRefusedBeforeAnythingIsWritten() async throws {
    for kind in [nil, BackupKind.onDemand] {
      try await withTemporaryFolder { place in
        let bench = try Workbench(place, faults: withoutBackups(), isLoopback: kind != nil)
        try await Toy.fill(bench.tables, 5)
        let result = try await bench.run(Toy.movesItems, RunRequest(backupKind: kind))
        guard case .refused(let reason) = result.end else {
          Issue.record("it was not refused: \(result.end)")
          return
        }
        #expect(reason.contains("--backup export") && reason.contains("--no-backup"))
        #expect(result.fold.position.state == .planned)
        #expect(await bench.store.callCount == 0)
        #expect(try await bench.resume(Toy.movesItems, Self.wantsExport).end == .done)
      }
    }
  }

  @Test func aBackupThatFailsOtherwiseIsNeverReplacedByAnExport() async throws {
    try await withTemporaryFolder { place in
      var faults = FaultyStore.Faults()
      faults.backupRefusal = StoreError(code: "AccessDeniedException", "not allowed")
      let bench = try Workbench(place, faults: faults, isLoopback: true)
      try await Toy.fill(bench.tables, 5)
      let result = try await bench.run(Toy.movesItems)
      guard case .refused(let reason) = result.end else {
        Issue.record("it was not refused: \(result.end)")
        return
      }
      #expect(reason.hasPrefix("not allowed (AccessDeniedException)"), "\(reason)")
      #expect(await bench.store.callCount == 0)
      #expect(folder(bench).exports().exports == [])
    }
  }

  @Test func anExportThatADeadProcessMadeButDidNotJournalIsTakenWhenItIsWhole() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, 5)
      let dry = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      let name = dry.fold.backupName(of: "toys")
      let made = try await folder(bench).export(
        "toys", of: bench.tables, as: name,
        origin: ExportOrigin(target: "local:test", run: dry.fold.started.run, createdAt: 7), settings: [:]
      ) { _ in }
      let result = try await bench.resume(Toy.addsAttribute, Self.wantsExport)
      #expect(result.fold.backups == [BackedUpDetail(made)])
      #expect(try folder(bench).export(named: name) == made, "it was made anew")
    }
  }

  /// What may have the name of a run's export without being it.
  enum Obstacle: CaseIterable {
    case damagedItems, unreadableManifest, anotherRun, anotherTable, file, danglingLink
  }

  @Test(arguments: Obstacle.allCases)
  func whatHasAnExportsNameWithoutBeingItStaysAndIsPassedOver(obstacle: Obstacle) async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, 5)
      let dry = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      let path = try await put(obstacle, in: bench, dry.fold)
      let before = try digests(path)
      let heard = Recorder<String>()
      let result = try await Runner(bench.environment(hearing: heard), Toy.addsAttribute, Self.wantsExport)
        .resume(dry.fold.handle, variables: [:])
      #expect(result.end == .done && heard.values == [path])
      let detail = try #require(result.fold.backups.first)
      #expect(detail.name == dry.fold.backupName(of: "toys") + "-2")
      let export = try #require(try folder(bench).export(named: detail.name))
      try export.verify()
      #expect(detail == BackedUpDetail(export) && export.manifest.items == 5)
      #expect(try digests(path) == before)
    }
  }

  private func put(_ obstacle: Obstacle, in bench: Workbench, _ fold: RunFold) async throws -> String {
    let name = fold.backupName(of: "toys")
    let path = folder(bench).path(of: name)
    if [.file, .danglingLink].contains(obstacle) {
      try FileManager.default.createDirectory(atPath: folder(bench).path, withIntermediateDirectories: true)
    }
    switch obstacle {
    case .file: try Data("a file".utf8).write(to: URL(fileURLWithPath: path))
    case .danglingLink:
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "nowhere")
    case .damagedItems, .unreadableManifest, .anotherRun, .anotherTable:
      let export = try await folder(bench).export(
        obstacle == .anotherTable ? "boxes" : "toys", of: bench.tables, as: name,
        origin: ExportOrigin(
          target: "local:test", run: obstacle == .anotherRun ? "another" : fold.started.run, createdAt: 7),
        settings: [:]
      ) { _ in }
      if obstacle == .damagedItems {
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: export.itemsPath))
      } else if obstacle == .unreadableManifest {
        try Data("{".utf8).write(to: URL(fileURLWithPath: path + "/manifest.json"))
      }
    }
    return path
  }

  /// The bytes of what stands at a path, by name.
  private func digests(_ path: String) throws -> [String: Data] {
    let files = FileManager.default
    let type = try files.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    if type == .typeSymbolicLink {
      return ["link": Data(try files.destinationOfSymbolicLink(atPath: path).utf8)]
    }
    let names = type == .typeDirectory ? try files.contentsOfDirectory(atPath: path).map { "/" + $0 } : [""]
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: path + $0))) })
  }

  @Test func aResumedRunKeepsTheKindThatItWasStartedWith() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, 5)
      var request = Self.wantsExport
      request.dryRun = true
      _ = try await bench.run(Toy.addsAttribute, request)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.fold.backups.map(\.kind) == [.export])
      #expect(await bench.store.backupsMade == [])
    }
  }

  @Test func aResumedRunKeepsTheKindThatADeadProcessOfItHadBegun() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, 5)
      let dry = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      let draft = folder(bench).path(of: ".\(dry.fold.backupName(of: "toys")).partial")
      try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: true)
      let result = try await bench.resume(Toy.addsAttribute)
      #expect(result.end == .done && result.fold.backups.map(\.kind) == [.export])
      #expect(!FileManager.default.fileExists(atPath: draft))
    }
  }

  @Test func aRunThatBeganWithTheTargetsOwnIsNeverGoneOnWithByExports() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place, isLoopback: true)
      try await Toy.fill(bench.tables, 5)
      let dry = try await bench.run(Toy.movesItems, RunRequest(dryRun: true))
      let boxes = try await bench.tables.backUp("boxes", as: "own")
      let detail = BackedUpDetail(
        table: "boxes", name: "own", arn: boxes.arn, sizeBytes: 0, lostOnRestore: [:], kind: nil)
      try await bench.journal.append([EventDraft(.backedUp, detail)], run: dry.fold.number)
      await bench.store.set(withoutBackups())
      guard case .refused(let reason) = try await bench.resume(Toy.movesItems).end else {
        Issue.record("it was not refused")
        return
      }
      #expect(reason.contains("makes no backups"))
      #expect(
        try await bench.resume(Toy.movesItems, Self.wantsExport).end == .done, "unless that is asked for")
    }
  }

  @Test func whatAnInterruptedRunBeganWithExportsGoesOnWithThem() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, 5)
      _ = try await bench.run(Toy.movesItems, RunRequest(dryRun: true))
      var faults = FaultyStore.Faults()
      // The first table is exported, the scan of the second is lost.
      faults.lostScans = [await bench.store.scans + 2]
      await bench.store.set(faults)
      _ = try await bench.resume(Toy.movesItems, Self.wantsExport)
      let result = try await bench.resume(Toy.movesItems)
      #expect(result.end == .done && result.fold.backups.map(\.kind) == [.export, .export])
    }
  }

  @Test func aTargetThatIsLostOnTheWayLeavesTheRunToBeResumed() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, 5)
      let dry = try await bench.run(Toy.addsAttribute, RunRequest(dryRun: true))
      var faults = FaultyStore.Faults()
      faults.lostScans = [await bench.store.scans + 1]
      await bench.store.set(faults)
      let result = try await bench.resume(Toy.addsAttribute, Self.wantsExport)
      #expect(result.end == .interrupted(FaultyStore.lost.description))
      #expect(await bench.store.callCount == 0 && dry.fold.backups == [])
      #expect(try await bench.resume(Toy.addsAttribute, Self.wantsExport).end == .done)
    }
  }

  @Test func aFolderThatCantBeMadeKeepsThePlanFromBeingApplied() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, 5)
      try Data().write(to: URL(fileURLWithPath: folder(bench).path))
      let result = try await bench.run(Toy.addsAttribute, Self.wantsExport)
      guard case .refused(let reason) = result.end else {
        Issue.record("it was not refused: \(result.end)")
        return
      }
      #expect(reason.contains("table 'toys' is not backed up") && reason.contains("nothing was written"))
      #expect(result.fold.position.state == .planned)
      #expect(await bench.store.callCount == 0)
    }
  }
}

@Suite("Costs of a run")
struct CostTests {
  @Test func whatEachEndingJournalsAddsUpToWhatWasSpent() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place, faults: .lost(before: 2))
      try await Toy.fill(bench.tables, 8)
      await bench.store.count()
      #expect(try await bench.run(Toy.movesItems).fold.cost?.requests == 3)
      _ = try await bench.resume(Toy.movesItems)
      let undone = try await bench.rollback()
      let spent = try #require(await bench.store.statistics)
      let cost = try #require(undone.result.fold.cost)
      #expect(undone.result.end == .done && spent.requests > 5)
      #expect(cost.requests == spent.requests)
      #expect(cost.readUnits == spent.readUnits && cost.writeUnits == spent.writeUnits)
      #expect(cost.throttles == spent.throttles)
      #expect(cost.throttledMilliseconds == 1_500 * cost.throttles["ThrottlingException", default: 0])
    }
  }

  @Test func aStoreThatCostsNothingJournalsNothing() async throws {
    try await withTemporaryFolder { place in
      let bench = try Workbench(place)
      try await Toy.fill(bench.tables, 2)
      #expect(try await bench.run(Toy.addsAttribute).fold.cost == nil)
    }
  }
}
