import DynamoJournalTables
import Testing

@testable import DynamoJournalRunner

@Suite("Names of backups")
struct BackupNameTests {
  /// 2026-11-23T05:24:02.113Z.
  private static let time: Int64 = 1_795_411_442_113_000
  private static let run = "06-20261123-052402-k3f9"

  private func name(_ table: String, _ run: String = run, at time: Int64 = time) -> String {
    BackupName.make(for: table, of: run, startedAt: time)
  }

  @Test func aNameHasTheTimeTheRunsLettersAndTheTable() throws {
    #expect(name("toys").wholeMatch(of: /migration-backup-20261123-052402-k3f9[2-9b-z]{4}-toys/) != nil)
    #expect(name("toys") == name("toys"), "whoever goes on with the run finds it")
  }

  @Test func whatIsAskedForInOneSecondHasNamesOfItsOwn() {
    let names = [
      name("toys"), name("boxes"), name("toys", "06-20261123-052402-k3f8"),
      name("toys", "05-20261123-052402-k3f9"),
      name("toys", at: Self.time + 1),
      BackupName.make(for: "toys", at: Self.time, tag: BackupName.randomTag()),
      BackupName.make(for: "toys", at: Self.time, tag: BackupName.randomTag()),
    ]
    #expect(Set(names).count == names.count, "\(names)")
  }

  @Test(arguments: [3, 190, 196, 197, 198, 199, 212, 213, 214, 222, 223, 254, 255])
  func everyTableHasANameThatIsAllowedAndItsOwn(length: Int) throws {
    // The same but for the end, which is what is cut.
    let tables = ["a", "b", "-", "."].map { String(repeating: "t", count: length - 1) + $0 }
    let names = tables.map { name($0) } + [name(String(tables[0].dropLast()))]
    for name in names {
      try Validation.check(name: name, of: .backup)
      #expect(name.utf8.count <= BackupName.maximumLength)
    }
    #expect(Set(names).count == names.count, "\(names)")
  }

  @Test func theNameOfACutTableIsNotThatOfAnother() {
    let cut = name(String(repeating: "t", count: 255))
    let other = String(cut.dropFirst(name("").utf8.count))
    #expect(cut.hasSuffix(other) && name(other) != cut)
  }

  @Test func whatStandsInAForgedIdStaysOutOfTheName() throws {
    for run in ["06-x-/../", "06-é漢🧸", "", "..", "06-20261123-052402-a b\n"] {
      try Validation.check(name: name("toys", run), of: .backup)
    }
  }
}

@Suite("A run's own backup among those that a target lists")
struct OwnBackupTests {
  private static let order = BackupOrder(run: "06-20261123-052402-k3f9", startedAt: 1_795_411_442_113_000)
  private static let name = order.name(for: "toys")

  private func backup(
    _ arn: String, name: String = name, table: String = "toys", after seconds: Int64 = 1
  ) -> Backup {
    Backup(
      arn: arn, name: name, table: table, createdAt: Self.order.startedAt + seconds * 1_000_000, sizeBytes: 1,
      itemCount: nil)
  }

  private func taken(_ listed: [Backup]) -> String? {
    BackupMaker.ownBackups(listed, "toys", Self.name, Self.order).taken?.arn
  }

  @Test func onlyItsVeryNameTableAndTimeWillDo() {
    #expect(taken([backup("own")]) == "own")
    #expect(
      taken([backup("other", name: Self.name + "2"), backup("other", name: "migration-backup")]) == nil)
    #expect(taken([backup("other", table: "boxes")]) == nil)
    #expect(taken([backup("older", after: -301)]) == nil)
    #expect(taken([backup("by a clock behind ours", after: -299)]) != nil)
  }

  @Test func ofSeveralTheLastIsTakenInWhateverOrderTheyAreListed() {
    let listed = [backup("b"), backup("c", after: 2), backup("d", after: 2), backup("a")]
    #expect(taken(listed) == "d" && taken(listed.reversed()) == "d")
    #expect(BackupMaker.ownBackups(listed, "toys", Self.name, Self.order).count == 4)
  }
}
