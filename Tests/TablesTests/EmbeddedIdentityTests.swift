import Foundation
import DynamoJournalSQLite
import TestSupport
import Testing

@testable import DynamoJournalTables

@Suite("The embedded store's identity")
struct EmbeddedIdentityTests {
  private static let spec = TableSpec(
    name: "items", key: KeySchema(partition: KeyAttribute("id", .string)),
    indexes: [IndexSpec(name: "byOwner", key: KeySchema(partition: KeyAttribute("owner", .string)))])

  /// A store with a table, an item and a backup, and the backup's name.
  private static func make(_ path: String) async throws -> (store: EmbeddedStore, backup: String) {
    let store = try EmbeddedStore(path: path)
    try await store.create(spec)
    try await store.put([["id": .string("first")]], into: "items")
    return (store, try await store.backUp("items", as: "backup").arn)
  }

  /// All that writes.
  private static func writes(
    _ store: EmbeddedStore, _ backup: String
  ) -> [(name: String, write: () async throws -> Void)] {
    let index = IndexSpec(name: "byColor", key: KeySchema(partition: KeyAttribute("color", .string)))
    let change = Change(
      table: "items", key: Key(["id": .string("k")]), before: nil, after: ["id": .string("k")])
    return [
      ("write", { _ = try await store.write([[change]]) }),
      ("put", { try await store.put([["id": .string("p")]], into: "items") }),
      ("create", { try await store.create(TableSpec(name: "more", key: spec.key)) }),
      ("createIndex", { try await store.createIndex(index, on: "items") }),
      ("deleteIndex", { try await store.deleteIndex("byOwner", on: "items") }),
      ("restore", { try await store.restore(backup: backup, to: "restored") }),
      ("backUp", { _ = try await store.backUp("items", as: "again") }),
      ("deleteBackup", { try await store.deleteBackup(backup) }),
      ("delete", { try await store.delete("items") }),
      ("guard", { _ = try await store.take("items", by: .sample(), lease: .seconds(60), now: 0) }),
    ]
  }

  private static func expectAllRefused(
    _ made: (store: EmbeddedStore, backup: String), _ words: String,
    _ location: SourceLocation = #_sourceLocation
  ) async {
    for (name, write) in writes(made.store, made.backup) {
      let error = await #expect(throws: StoreError.self, "\(name)", sourceLocation: location) {
        try await write()
      }
      #expect(error?.code == "TargetChanged" && error?.kind == .refused, "\(name)", sourceLocation: location)
      #expect(
        error?.message.contains(words) == true, "\(name): \(error?.message ?? "")", sourceLocation: location)
    }
  }

  /// Tables, items and backups.
  private static func content(_ path: String) async throws -> [String] {
    let store = try EmbeddedStore(path: path)
    let items = try await store.scan(ScanRequest(table: "items")).items.map { "\($0.entries)" }
    let indexes = try await store.describe("items")?.spec.indexes.map(\.name) ?? []
    return try await store.tables() + indexes + items + store.backups(of: nil).map(\.name)
      + store.claims().map(\.table)
  }

  @Test("each new store has an id of its own and keeps it")
  func fresh() async throws {
    try await withTemporaryFolder { folder in
      var ids: Set<TargetIdentity> = []
      for name in ["a", "b", "c"] {
        let path = "\(folder)/\(name).sqlite"
        let identity = try await EmbeddedStore(path: path).identity()
        ids.insert(identity)
        #expect(try await EmbeddedStore(path: path).identity() == identity)
        #expect(try await EmbeddedStore(lookingAt: path).identity() == identity)
        #expect(try EmbeddedStore.identity(ofFileAt: path) == identity)
        #expect(identity.text.hasPrefix("embedded:") && TargetIdentity(text: identity.text) == identity)
      }
      #expect(ids.count == 3)
      #expect(try EmbeddedStore.identity(ofFileAt: "\(folder)/none") == nil)
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/none"))
    }
  }

  @Test("a store of format 1 opens, keeps its tables, and gets an id when it is opened for writing")
  func older() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/old.sqlite"
      try Self.makeFirstFormat(path)
      let look = try EmbeddedStore(lookingAt: path)
      #expect(try await look.tables() == ["kept"])
      #expect(try await look.claims().isEmpty)
      let error = await #expect(throws: StoreError.self) { _ = try await look.identity() }
      #expect(error?.code == "NoStoreIdentity")
      let stores = try await withThrowingTaskGroup(of: EmbeddedStore.self) { group in
        for _ in 0..<4 { group.addTask { try EmbeddedStore(path: path) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let identities = try await Set(stores.asyncMap { try await $0.identity() })
      #expect(identities.count == 1)
      #expect(try await stores[0].tables() == ["kept"])
      #expect(try EmbeddedStore.identity(ofFileAt: path) == identities.first)
    }
  }

  /// As the program that knew no ids made it.
  private static func makeFirstFormat(_ path: String) throws {
    let connection = try Connection(path: path, mode: .create)
    try connection.execute(EmbeddedSQL.schema)
    try connection.execute(
      "PRAGMA user_version = 1; INSERT INTO tables VALUES (1, 'kept', 'id', 'S', NULL, NULL, 0, 0)")
  }

  @Test("a store is bound only to what it is")
  func binds() async throws {
    try await withTemporaryFolder { folder in
      let made = try await Self.make("\(folder)/a.sqlite")
      let other = try await EmbeddedStore(path: "\(folder)/b.sqlite").identity()
      let error = await #expect(throws: StoreError.self) { try await made.store.bind(to: other) }
      #expect(error?.code == "TargetChanged" && error?.message.contains("another embedded store") == true)
      try await made.store.bind(to: made.store.identity())
      for (_, write) in Self.writes(made.store, made.backup) { try await write() }
    }
  }

  @Test("no write reaches a file whose id is another by now")
  func rewritten() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/a.sqlite"
      let made = try await Self.make(path)
      try await made.store.bind(to: made.store.identity())
      let other = String(repeating: "0", count: 32)
      try Connection(path: path, mode: .readWrite).execute("UPDATE identity SET id = '\(other)'")
      let before = try await Self.content(path)
      await Self.expectAllRefused(made, other)
      #expect(try await Self.content(path) == before)
    }
  }

  @Test(
    "no write reaches a file that was put in the place of the one that is open", arguments: [true, false])
  func replaced(isBound: Bool) async throws {
    try await withTemporaryFolder { folder in
      let (path, other) = ("\(folder)/a.sqlite", "\(folder)/b.sqlite")
      let made = try await Self.make(path)
      if isBound { try await made.store.bind(to: made.store.identity()) }
      _ = try await Self.make(other)
      try FileManager.default.moveItem(atPath: path, toPath: "\(folder)/away.sqlite")
      await Self.expectAllRefused(made, "is gone")
      try FileManager.default.moveItem(atPath: other, toPath: path)
      await Self.expectAllRefused(made, "another file")
    }
  }

  @Test("a link that leads to another store by now is followed by no write")
  func relinked() async throws {
    try await withTemporaryFolder { folder in
      let files = FileManager.default
      for name in ["a", "b"] { _ = try EmbeddedStore(path: "\(folder)/\(name).sqlite") }
      let link = "\(folder)/link.sqlite"
      try files.createSymbolicLink(atPath: link, withDestinationPath: "a.sqlite")
      let made = try await Self.make(link)
      try files.removeItem(atPath: link)
      try files.createSymbolicLink(atPath: link, withDestinationPath: "b.sqlite")
      await Self.expectAllRefused(made, "another file")
      let tables = try await EmbeddedStore(path: "\(folder)/b.sqlite").tables()
      #expect(tables.isEmpty)
    }
  }

  @Test("a copy has the id of its original, which is why a path is recorded, too")
  func copied() async throws {
    try await withTemporaryFolder { folder in
      let made = try await Self.make("\(folder)/a.sqlite")
      try Connection(path: "\(folder)/a.sqlite", mode: .readWrite).execute("PRAGMA wal_checkpoint(TRUNCATE)")
      try FileManager.default.copyItem(atPath: "\(folder)/a.sqlite", toPath: "\(folder)/b.sqlite")
      let copy = try await EmbeddedStore(path: "\(folder)/b.sqlite").identity()
      #expect(try await made.store.identity() == copy)
    }
  }

  @Test("a location is absolute and has no links")
  func location() throws {
    try withTemporaryFolder { folder in
      _ = try EmbeddedStore(path: "\(folder)/a.sqlite")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link", withDestinationPath: "\(folder)/a.sqlite")
      let location = try #require(EmbeddedStore.location(of: "\(folder)/./link"))
      #expect(location == EmbeddedStore.location(of: "\(folder)/a.sqlite"))
      #expect(location.hasPrefix("/") && location.hasSuffix("/a.sqlite"))
      #expect(EmbeddedStore.location(of: "\(folder)/none") == nil)
    }
  }
}

extension Array {
  fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
