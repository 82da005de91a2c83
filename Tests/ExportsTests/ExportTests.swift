import DynamoJournalProgram
import DynamoJournalExports
import Foundation
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Exports of tables")
struct ExportTests {
  private static let toys = TableSpec(
    name: "toys", key: KeySchema(partition: KeyAttribute("id", .string)),
    indexes: [IndexSpec(name: "ByOwner", key: KeySchema(partition: KeyAttribute("owner", .string)))])
  private static let origin = ExportOrigin(
    target: "local:test", run: "01-x", createdAt: 1_795_410_842_113_456)

  /// Runs `body` with a store of so many toys, one of them with every type there is.
  private func withToys(
    _ count: Int, _ body: (FaultyStore, ExportFolder) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let store = FaultyStore(try EmbeddedStore(path: folder + "/tables.sqlite"))
      try await store.create(Self.toys)
      var items = (0..<count).map { ["id": .string("toy-\($0)"), "number": .number(Int64($0))] as Item }
      if count > 0 { items[0] = try ItemSamples.everyType().adding("id", .string("toy-0")) }
      try await store.put(items, into: "toys")
      try await body(store, ExportFolder(besideJournal: folder + "/journal.sqlite"))
    }
  }

  private func export(
    _ store: any TableStore, _ folder: ExportFolder, page: (Int) throws -> Void = { _ in }
  ) async throws -> TableExport {
    try await folder.export(
      "toys", of: store, as: "backup", origin: Self.origin, settings: ["stream": "NEW_IMAGE"], page: page)
  }

  private func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  @Test("an export holds every item as DynamoDB JSON, and its manifest what the table was")
  func roundTrip() async throws {
    try await withToys(30) { store, folder in
      let made = try await export(store, folder)
      #expect(made.path.hasSuffix("/journal.sqlite.backups/backup"))
      try made.verify()
      let read = try #require(try folder.export(named: "backup"))
      #expect(read == made && folder.exports().exports == [made])
      #expect(read.manifest.spec == Self.toys && read.manifest.items == 30)
      #expect(read.manifest.settings == ["stream": "NEW_IMAGE"] && read.manifest.origin == Self.origin)
      let copy = TableSpec(name: "copy", key: Self.toys.key, indexes: Self.toys.indexes)
      try await store.create(copy)
      let load = ItemImport(paths: [made.itemsPath], into: copy)
      #expect(try load.check() == 30)
      try await load.load(into: store) { _ in }
      #expect(try await contents("copy", store) == contents("toys", store))
    }
  }

  private func contents(_ table: String, _ store: any TableStore) async throws -> [String] {
    try await store.scan(ScanRequest(table: table)).items.map { DynamoDBJSON.text($0) }.sorted()
  }

  @Test("an export may be named by its name, its ARN, its folder and either of its files")
  func names() async throws {
    try await withToys(3) { store, folder in
      let made = try await export(store, folder)
      #expect(try folder.export(named: made.arn) == made)
      for path in [made.path, made.path + "/", made.itemsPath, made.path + "/manifest.json"] {
        #expect(try TableExport(path: path) == made)
      }
      for none in ["other", "", ".", "..", "../backup", "arn:sparta:export:"] {
        #expect(try folder.export(named: none) == nil)
      }
      #expect(throws: FileError.self) { try TableExport(path: folder.path) }
      #expect(folder.exports(of: "toys").exports == [made] && folder.exports(of: "others").exports == [])
    }
  }

  @Test("only their owner may read folder and files")
  func permissions() async throws {
    try await withToys(3) { store, folder in
      let made = try await export(store, folder)
      for (path, mode) in [
        (folder.path, 0o700), (made.path, 0o700), (made.itemsPath, 0o600),
        (made.path + "/manifest.json", 0o600),
      ] {
        let found = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(found == mode, "\(path)")
      }
    }
  }

  @Test("a flipped bit anywhere in the file of items, or a byte less, is found")
  func damage() async throws {
    try await withToys(3) { store, folder in
      let made = try await export(store, folder)
      let whole = try Data(contentsOf: URL(fileURLWithPath: made.itemsPath))
      for position in whole.indices {
        var damaged = whole
        damaged[position] ^= 1
        try damaged.write(to: URL(fileURLWithPath: made.itemsPath))
        #expect(throws: FileError.self) { try made.verify() }
      }
      try whole.dropLast().write(to: URL(fileURLWithPath: made.itemsPath))
      #expect(throws: FileError.self) { try made.verify() }
      try whole.write(to: URL(fileURLWithPath: made.itemsPath))
      try made.verify()
    }
  }

  @Test("a table that can't be read to its end leaves nothing behind")
  func lostTarget() async throws {
    try await withToys(3) { store, folder in
      var faults = FaultyStore.Faults()
      faults.lostScans = [1]
      await store.set(faults)
      await #expect(throws: StoreError.self) { try await export(store, folder) }
      #expect(names(in: folder.path) == [])
      await #expect(throws: CancellationError.self) {
        try await export(store, folder) { _ in throw CancellationError() }
      }
      #expect(names(in: folder.path) == [])
    }
  }

  @Test("what a dead process left unfinished is begun anew")
  func unfinished() async throws {
    try await withToys(3) { store, folder in
      let draft = folder.path + "/.backup.partial"
      try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: true)
      try Data("half".utf8).write(to: URL(fileURLWithPath: draft + "/items.jsonl.gz"))
      #expect(try folder.export(named: "backup") == nil && folder.exports().exports == [])
      try await export(store, folder).verify()
      #expect(names(in: folder.path) == ["backup"])
    }
  }

  @Test("an export is never written over another, nor where there is no room for a folder")
  func refusals() async throws {
    try await withToys(3) { store, folder in
      let made = try await export(store, folder)
      await #expect(throws: FileError.self) { try await export(store, folder) }
      try made.verify()
      #expect(names(in: folder.path) == ["backup"])
      let elsewhere = ExportFolder(path: made.itemsPath + "/folder")
      await #expect(throws: FileError.self) { try await export(store, elsewhere) }
    }
  }

  @Test("an empty table is exported, too")
  func empty() async throws {
    try await withToys(0) { store, folder in
      let made = try await export(store, folder)
      try made.verify()
      #expect(made.manifest.items == 0)
      #expect(try ItemImport(paths: [made.itemsPath], into: Self.toys).check() == 0)
    }
  }

  @Test("a manifest that is none, lacks something or is of a newer form is told beside the others")
  func manifests() async throws {
    try await withToys(3) { store, folder in
      let made = try await export(store, folder)
      let path = made.path + "/manifest.json"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      for (broken, words) in [
        ("no JSON", "not the manifest of an export"),
        (text.replacing("\"format\": 1", with: "\"format\": 2"), "newer"),
        (text.replacing("\"items\"", with: "\"item\""), "missing"),
      ] {
        try broken.write(toFile: path, atomically: true, encoding: .utf8)
        let found = folder.exports()
        #expect(found.exports == [] && found.unreadable.count == 1)
        #expect(found.unreadable[0].description.contains(words), "\(found.unreadable[0])")
      }
    }
  }
}

extension Item {
  fileprivate func adding(_ name: Text, _ value: AttributeValue) -> Item {
    var item = self
    item[name] = value
    return item
  }
}
