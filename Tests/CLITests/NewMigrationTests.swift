import ArgumentParser
import Foundation
import DynamoJournalRunner
import TestSupport
import Testing

@testable import SpartaJournalCommands

@Suite("What new decides") struct NewMigrationTests {
  private let catalog = """
    let all = [
      First(),
      Third(),
      \(NewMigration.mark)
    ]

    """

  private func source(_ name: String, _ type: String) -> String {
    "public struct \(type): Migration {\n  public let name = \"\(name)\"\n}\n"
  }

  @Test(
    "a name gives the type and the files",
    arguments: [
      ("07_backfill_email", "BackfillEmail"), ("10_x", "XMigration"), ("00_set_2_keys", "Set2Keys"),
    ])
  func names(text: String, type: String) throws {
    let name = try MigrationName(text)
    #expect(name.type == type)
    #expect(name.migrationFile == "Sources/Migrations/\(text).swift")
    #expect(name.testFile == "Tests/MigrationsTests/\(type)Tests.swift")
    #expect(name.page == "docs/migrations/\(text.prefix(2)).md")
  }

  @Test(
    "what is no name is refused",
    arguments: [
      "", "07", "07_", "7_x", "007_x", "07_X", "07__x", "07_x_", "07_x-y", "07_1x", " 07_x", "٠٧_x", "07_é",
    ])
  func badNames(text: String) {
    #expect(throws: ValidationError.self) { try MigrationName(text) }
  }

  @Test("the next number stands behind the highest, gaps or not")
  func nextNumber() {
    let next = { (names: [String]) in
      KnownMigrations(Dictionary(uniqueKeysWithValues: names.map { ($0 + ".swift", "") })).nextNumber
    }
    #expect(next([]) == "00")
    #expect(next(["00_a", "01_b"]) == "02")
    #expect(next(["00_a", "08_b"]) == "09")
    #expect(next(["09_b"]) == "10")
    #expect(next(["98_b", "99_a"]) == nil)
    #expect(next(["Catalog"]) == "00")
  }

  @Test("migrations are known by what they say, and by their file where they say nothing")
  func known() {
    let known = KnownMigrations([
      "TestMigration.swift": source("test-migration", "TestMigration"), "03_c.swift": "",
      "02_moved.swift": source("01_b", "Beta"), "Helper.swift": "struct Helper {}",
    ])
    #expect(known.names == ["01_b", "02_moved", "03_c", "test-migration"])
  }

  @Test("the catalog has the new one at the marked place, or before the one with the next number")
  func order() throws {
    let last = try NewMigration.catalog(catalog, adding: "Fourth", before: nil)
    #expect(last == catalog.replacing("  Third(),\n", with: "  Third(),\n  Fourth(),\n"))
    let between = try NewMigration.catalog(catalog, adding: "Second", before: "Third")
    #expect(between == catalog.replacing("  Third(),\n", with: "  Second(),\n  Third(),\n"))
    #expect(try NewMigration.catalog(catalog, adding: "Fourth", before: "Unlisted") == last)
  }

  @Test("a catalog without the marked place is refused")
  func unmarked() {
    #expect(throws: Refusal.self) {
      try NewMigration.catalog("let all = [\n  First(),\n]\n", adding: "Second", before: nil)
    }
  }

  @Test("a number in between is put in its place, and its text names no other")
  func whole() throws {
    let checkout = Checkout(
      catalog: catalog,
      migrations: ["01_a.swift": source("01_a", "First"), "03_c.swift": source("03_c", "Third")])
    let new = try NewMigration(MigrationName("02_fill_in"), in: checkout)
    #expect(new.catalog.text.contains("  First(),\n  FillIn(),\n  Third(),\n"))
    #expect(new.files.count == 3)
    #expect(new.files.allSatisfy { $0.text.contains("02_fill_in") && $0.text.hasSuffix("\n") })
  }

  @Test("a file that can't be written takes those before it away again, and the catalog stays")
  func half() throws {
    try withTemporaryFolder { folder in
      let copy = try CheckoutCopy(in: folder + "/clone")
      let checkout = try Checkout(root: copy.folder)
      let before = try copy.contents()
      let name = try MigrationName("07_fill_in")
      let whole = try NewMigration(name, in: checkout)
      // Names of files end at 255 bytes on every system: this one is refused only when it is written.
      let impossible = NewMigration.File(
        path: "docs/migrations/" + String(repeating: "x", count: 300), text: "")
      let broken = NewMigration(files: [whole.files[0], impossible], catalog: whole.catalog)
      let refusal = #expect(throws: Refusal.self) { try CheckoutWriter(checkout: checkout).write(broken) }
      #expect(refusal?.description.hasSuffix("so nothing was made") == true)
      #expect(try copy.contents() == before)
      try CheckoutWriter(checkout: checkout).write(whole)
      #expect(try copy.contents().count == before.count + 3)
    }
  }

  @Test(
    "a type that a module has is taken, one that is only mentioned is not",
    arguments: [
      ("public struct FillIn {}", true), ("  enum FillIn: String {", true), ("final class FillIn {", true),
      ("struct FillInner {}", false), ("/// See FillIn.", false),
    ])
  func types(module: String, isTaken: Bool) throws {
    let checkout = Checkout(catalog: catalog, migrations: [:], modules: [module])
    let name = try MigrationName("02_fill_in")
    if isTaken {
      #expect(throws: Refusal.self) { try NewMigration(name, in: checkout) }
    } else {
      #expect(try NewMigration(name, in: checkout).files.count == 3)
    }
  }
}
