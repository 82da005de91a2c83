import DynamoJournalTables
import Testing

extension StoreSuite {
  static let backupCases: [Case] = [
    Case("a backup is restored as it was, key and indexes too", needs: [.backups]) {
      try await $0.restoresAsItWas()
    },
    Case("a backup outlives its table", needs: [.backups]) { try await $0.backupOutlivesTable() },
    Case("backups are listed oldest first, by table or all", needs: [.backups, .backupTimes]) {
      try await $0.listsBackups()
    },
    Case("a deleted backup is gone", needs: [.backups]) { try await $0.deletesBackups() },
    Case("backups and restores outside the rules are refused", needs: [.backups]) {
      try await $0.refusesBackups()
    },
  ]

  func restoresAsItWas() async throws {
    let table = try await make("saved", indexes: [Self.byOwner])
    var sample = try ItemSamples.everyType()
    sample["id"] = .string("sample")
    try await store.put(Self.numbered(0..<60) + [sample], into: table)
    let before = Self.ids(try await scan(ScanRequest(table: table)))
    let backup = try await store.backUp(table, as: "before.run_1-a")
    #expect(backup.name == "before.run_1-a" && backup.table == table)
    try await store.put(Self.numbered(60..<80), into: table)
    let first = Self.numbered(0..<1)[0]
    expectWritten(try await write(Change(table: table, key: Self.key("k0"), before: first, after: nil)))
    try await store.restore(backup: backup.arn, to: name("restored"))
    let description = try #require(try await store.describe(name("restored")))
    #expect(description.spec == TableSpec(name: name("restored"), key: Self.byID, indexes: [Self.byOwner]))
    #expect(Self.ids(try await scan(ScanRequest(table: name("restored")))) == before)
    #expect(try await store.item(Self.key("sample"), in: name("restored")) == sample)
    // The copy is a table of its own.
    expectWritten(
      try await write(Change(table: name("restored"), key: Self.key("k0"), before: first, after: nil)))
    #expect(try await store.item(Self.key("k1"), in: table) != nil)
    #expect(try await scan(ScanRequest(table: table)).count == 80)
  }

  func backupOutlivesTable() async throws {
    let table = try await make("outlived")
    try await store.put(Self.numbered(0..<10), into: table)
    let arn = try await store.backUp(table, as: "kept").arn
    try await store.delete(table)
    #expect(try await store.backups(of: table).map(\.arn) == [arn])
    try await store.restore(backup: arn, to: table)
    #expect(try await scan(ScanRequest(table: table)).count == 10)
  }

  func listsBackups() async throws {
    let (one, two) = (try await make("list-1"), try await make("list-2"))
    try await store.put(Self.numbered(0..<5), into: one)
    let made = [
      try await store.backUp(one, as: "same"), try await store.backUp(two, as: "same"),
      try await store.backUp(one, as: "same"),
    ]
    #expect(Set(made.map(\.arn)).count == 3)
    #expect(made.map(\.createdAt) == made.map(\.createdAt).sorted())
    #expect(try await store.backups(of: one).map(\.arn) == [made[0].arn, made[2].arn])
    let all = try await store.backups(of: nil).map(\.arn)
    #expect(all.filter { made.map(\.arn).contains($0) } == made.map(\.arn))
    #expect(try await store.backups(of: name("never-made")).isEmpty)
  }

  func deletesBackups() async throws {
    let table = try await make("unsaved")
    let (one, two) = (try await store.backUp(table, as: "one"), try await store.backUp(table, as: "two"))
    try await store.deleteBackup(one.arn)
    #expect(try await store.backups(of: table).map(\.arn) == [two.arn])
    await expectError("BackupNotFoundException") { try await store.deleteBackup(one.arn) }
    await expectError("BackupNotFoundException") {
      try await store.restore(backup: one.arn, to: name("from-nothing"))
    }
    #expect(try await store.describe(name("from-nothing")) == nil)
  }

  func refusesBackups() async throws {
    let table = try await make("bad-backups")
    await expectError("TableNotFoundException") { _ = try await store.backUp(name("absent"), as: "backup") }
    for bad in ["ab", "a b c", String(repeating: "n", count: 256)] {
      await expectError("ValidationException") { _ = try await store.backUp(table, as: bad) }
    }
    let arn = try await store.backUp(table, as: "good").arn
    await expectError("TableAlreadyExistsException") { try await store.restore(backup: arn, to: table) }
    await expectError("ValidationException") { try await store.restore(backup: arn, to: "ab") }
  }
}
