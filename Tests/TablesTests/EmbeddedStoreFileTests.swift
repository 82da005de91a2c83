import Foundation
import DynamoJournalSQLite
import TestSupport
import Testing

@testable import DynamoJournalTables

@Suite("The embedded store's file")
struct EmbeddedStoreFileTests {
  private static let key = KeySchema(partition: KeyAttribute("id", .string))

  private func create(_ id: String, _ value: AttributeValue = .null) -> Change {
    Change(
      table: "items", key: Key(["id": .string(id)]), before: nil, after: ["id": .string(id), "v": value])
  }

  /// Permission bits of a file.
  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private func expectRefused(_ path: String, _ code: String, _ words: String...) throws {
    let error = try #require(throws: StoreError.self) { _ = try EmbeddedStore(path: path) }
    #expect(error.code == code)
    for word in words { #expect(error.message.contains(word)) }
  }

  @Test("everything is there after closing and opening again")
  func reopens() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/tables.sqlite"
      let arn = try await fill(path)
      let store = try EmbeddedStore(path: path)
      let description = try #require(try await store.describe("items"))
      #expect(description.itemCount == 40)
      #expect(description.spec.indexes.map(\.name) == ["byV"])
      #expect(try await store.scan(ScanRequest(table: "items")).items.count == 40)
      #expect(try await store.backups(of: nil).map(\.arn) == [arn])
      try await store.restore(backup: arn, to: "restored")
      #expect(try await store.describe("restored")?.itemCount == 40)
    }
  }

  private func fill(_ path: String) async throws -> String {
    let store = try EmbeddedStore(path: path)
    let index = IndexSpec(name: "byV", key: KeySchema(partition: KeyAttribute("v", .string)))
    try await store.create(TableSpec(name: "items", key: Self.key, indexes: [index]))
    let replies = try await store.write((0..<40).map { [create("k\($0)", .string("x"))] })
    #expect(replies.allSatisfy { $0.outcome == .written })
    return try await store.backUp("items", as: "backup").arn
  }

  @Test("two stores on one file see each other's writes and lose none")
  func sharesFile() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/tables.sqlite"
      let stores = [try EmbeddedStore(path: path), try EmbeddedStore(path: path)]
      try await stores[0].create(TableSpec(name: "items", key: Self.key))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (number, store) in stores.enumerated() {
          group.addTask {
            for round in 0..<30 {
              let replies = try await store.write([[create("s\(number)-\(round)")], [create("both\(round)")]])
              #expect(replies.first?.outcome == .written)
            }
          }
        }
        try await group.waitForAll()
      }
      for store in stores {
        #expect(try await store.scan(ScanRequest(table: "items")).items.count == 90)
        #expect(try await store.describe("items")?.itemCount == 90)
      }
      try await stores[1].delete("items")
      #expect(try await stores[0].describe("items") == nil)
    }
  }

  @Test("stores opened at once on a new file all work", arguments: 0..<5)
  func opensAtOnce(round: Int) async throws {
    try await withTemporaryFolder { folder in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<8 {
          group.addTask {
            let store = try EmbeddedStore(path: "\(folder)/new/tables.sqlite")
            try await store.create(TableSpec(name: "table\(number)", key: Self.key))
          }
        }
        try await group.waitForAll()
      }
      let tables = try await EmbeddedStore(path: "\(folder)/new/tables.sqlite").tables()
      #expect(tables == (0..<8).map { "table\($0)" })
    }
  }

  @Test("the file and what SQLite puts beside it is its owner's alone, a folder made for it too")
  func keepsModes() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/one/two/tables.sqlite"
      let store = try EmbeddedStore(path: path)
      try await store.create(TableSpec(name: "items", key: Self.key))
      for file in [path, path + "-wal", path + "-shm"] { #expect(try mode(file) == 0o600, "\(file)") }
      for made in ["\(folder)/one", "\(folder)/one/two"] { #expect(try mode(made) == 0o700, "\(made)") }
    }
  }

  @Test("a file of something else is refused and left as it is")
  func refusesForeignFiles() throws {
    try withTemporaryFolder { folder in
      let text = "\(folder)/text"
      let content = String(repeating: "no database at all\n", count: 400)
      try content.write(toFile: text, atomically: true, encoding: .utf8)
      try expectRefused(text, "NotAnEmbeddedStore", text)
      #expect(try String(contentsOfFile: text, encoding: .utf8) == content)

      let other = "\(folder)/other.sqlite"
      try otherDatabase(other, "CREATE TABLE notes (text TEXT); PRAGMA journal_mode = DELETE")
      let before = try Data(contentsOf: URL(fileURLWithPath: other))
      try expectRefused(other, "NotAnEmbeddedStore", other)
      #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == before)

      let marked = "\(folder)/marked.sqlite"
      try otherDatabase(marked, "PRAGMA application_id = 77")
      try expectRefused(marked, "NotAnEmbeddedStore", marked)
    }
  }

  private func otherDatabase(_ path: String, _ sql: String) throws {
    try Connection(path: path, mode: .create).execute(sql)
  }

  @Test("a newer format is refused, naming both formats")
  func refusesNewerFormat() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/tables.sqlite"
      _ = try EmbeddedStore(path: path)
      try otherDatabase(path, "PRAGMA user_version = 7")
      try expectRefused(path, "NewerStoreFormat", "format 7", "up to 2")
    }
  }

  @Test("an empty file becomes a store")
  func takesEmptyFile() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/tables.sqlite"
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
      let store = try EmbeddedStore(path: path)
      #expect(try await store.tables().isEmpty)
    }
  }

  @Test("a path that can't be made says so and why")
  func namesImpossiblePath() throws {
    try withTemporaryFolder { folder in
      let file = "\(folder)/file"
      #expect(FileManager.default.createFile(atPath: file, contents: nil))
      try expectRefused("\(file)/tables.sqlite", "StoreNotWritable", "\(file)/tables.sqlite")
    }
  }

  @Test("a damaged file is refused as damaged, not as missing items")
  func reportsDamage() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/tables.sqlite"
      _ = try await fill(path)
      try Connection(path: path, mode: .readWrite).execute("PRAGMA wal_checkpoint(TRUNCATE)")
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      let end = try file.seekToEnd()
      for page in 1..<(end / 8192) {
        try file.seek(toOffset: page * 8192)
        try file.write(contentsOf: Data(repeating: 0xa5, count: 512))
      }
      try file.close()
      let error = await #expect(throws: StoreError.self) {
        _ = try await EmbeddedStore(path: path).scan(ScanRequest(table: "items"))
      }
      #expect(error?.code == "StoreDamaged")
      #expect(error?.kind == .refused)
    }
  }

  @Test(
    "errors of SQLite become errors of the store that say what to do",
    arguments: [
      (Int32(13), "StoreFull", StoreError.Kind.unavailable), (5, "StoreBusy", .unavailable),
      (8, "StoreNotWritable", .unavailable), (14, "StoreNotWritable", .unavailable),
      (11, "StoreDamaged", .refused), (26, "NotAnEmbeddedStore", .refused),
      (1, "InternalServerError", .unavailable),
    ])
  func translates(code: Int32, name: String, kind: StoreError.Kind) {
    let error = StoreError(SQLiteError(code: code, message: "message", path: "/a/path"))
    #expect(error.code == name)
    #expect(error.kind == kind)
    #expect(error.message.contains("'/a/path'") && error.message.contains(";"))
  }
}
