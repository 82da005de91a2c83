import Foundation
import TestSupport
import Testing

@Suite("new") struct NewTests {
  private let name = "07_backfill_email"
  private let made = [
    "Sources/Migrations/07_backfill_email.swift", "Tests/MigrationsTests/BackfillEmailTests.swift",
    "docs/migrations/07.md",
  ]
  private let catalog = "Sources/Migrations/SpartaMigrations.swift"

  /// Runs `body` in a copy of the checkout.
  private func withCheckout(_ body: (CheckoutCopy) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in try await body(CheckoutCopy(in: folder + "/clone")) }
  }

  private func new(_ checkout: CheckoutCopy, _ arguments: String...) async throws -> Shell.Outcome {
    try await Product(in: checkout.folder).run(["new"] + arguments)
  }

  /// Expects `new` to be refused with one sentence, and the checkout to stay as it was.
  private func expectRefusal(
    _ checkout: CheckoutCopy, _ name: String, _ status: Int32, _ parts: [String],
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try checkout.contents()
    expectSentence(try await new(checkout, name), status, parts, location)
    #expect(try checkout.contents() == before, sourceLocation: location)
  }

  @Test("a migration, its test and its page are made, and the catalog has it")
  func made() async throws {
    try await withCheckout { checkout in
      let before = try checkout.contents()
      let outcome = try await new(checkout, name)
      #expect(outcome.status == 0, "\(outcome.errors)")
      for file in made + [catalog] { #expect(outcome.output.contains(file)) }
      #expect(
        outcome.output.contains("swift test --disable-xctest --filter 'BackfillEmailTests'"))
      let after = try checkout.contents()
      #expect(Set(after.keys).subtracting(before.keys) == Set(made))
      #expect(Set(before.keys.filter { before[$0] != after[$0] }) == [catalog])
      #expect(
        try checkout.read(catalog).contains("    AddWalletToOperators(),\n    BackfillEmail(),\n    // `new"))
      #expect(!FileManager.default.fileExists(atPath: checkout.folder + "/.sparta"), "it needs no journal")
      try await expectRefusal(checkout, name, 2, ["there is a migration \(name) already"])
    }
  }

  @Test("the answer as JSON is one object with the files and what to do next")
  func json() async throws {
    try await withCheckout { checkout in
      struct Answer: Decodable {
        let migration: String
        let files: [String]
        let changed: [String]
        let next: [String]
      }
      let answer: Answer = try await new(checkout, name, "--format", "json").decoded()
      #expect(answer.migration == name)
      #expect(answer.files == made)
      #expect(answer.changed == [catalog])
      #expect(answer.next.count == 4)
    }
  }

  @Test("a skeleton is as the formatter would have it, whatever its name")
  func formatted() async throws {
    try await withCheckout { checkout in
      for name in ["07_backfill_email", "08_x", "09_" + String(repeating: "long_", count: 11) + "er"] {
        #expect(try await new(checkout, name).status == 0)
      }
      let settings = CheckoutCopy.original + "/.swift-format"
      let lint = try await Shell.run(
        "/usr/bin/env",
        [
          "swift", "format", "lint", "--strict", "--configuration", settings, "--recursive",
          "Sources/Migrations", "Tests/MigrationsTests",
        ], folder: checkout.folder)
      #expect(lint.status == 0, "\(lint.errors)")
      #expect(try checkout.read(catalog).contains("    BackfillEmail(),\n    XMigration(),\n    Long"))
    }
  }

  @Test("a bad name is wrong usage, with an example")
  func badNames() async throws {
    try await withCheckout { checkout in
      for bad in [
        "backfill", "7_backfill", "07-backfill", "07_Backfill", "07_", "07_a__b", "07_2fa", "../07_x", "",
      ] {
        try await expectRefusal(checkout, bad, 64, ["'\(bad)'", "such as 07_backfill_email"])
      }
      let long = "07_" + String(repeating: "x", count: 60)
      try await expectRefusal(checkout, long, 64, ["too long", "at most 60"])
    }
  }

  @Test("a number, a name or a type that is taken is refused")
  func taken() async throws {
    try await withCheckout { checkout in
      try await expectRefusal(
        checkout, "06_backfill", 2, ["06 is taken by 06_add_wallet_to_operators", "next free number is 07"])
      try await expectRefusal(
        checkout, "07_add_wallet_to_operators", 2,
        ["'add_wallet_to_operators' is taken by 06_add_wallet_to_operators"])
      try await expectRefusal(checkout, "07_test_migration", 2, ["TestMigration", "take another name"])
      try await expectRefusal(checkout, "07_table_spec", 2, ["TableSpec", "take another name"])
    }
  }

  @Test("a file that exists already is refused before anything is written")
  func existing() async throws {
    for file in made {
      try await withCheckout { checkout in
        try checkout.write("mine", to: file)
        let isMigration = file == made[0]
        let parts = isMigration ? ["there is a migration 07_backfill_email"] : ["a file '\(file)' already"]
        try await expectRefusal(checkout, name, 2, parts)
      }
    }
  }

  @Test("a catalog without its marked place is refused before anything is written")
  func unmarked() async throws {
    try await withCheckout { checkout in
      let text = try checkout.read(catalog).replacing("adds the next migration", with: "added")
      try checkout.write(text, to: catalog)
      try await expectRefusal(checkout, name, 2, ["below Sources has the line", "nothing was written"])
    }
  }

  @Test("a folder that is missing is refused before anything is written")
  func missingFolder() async throws {
    try await withCheckout { checkout in
      try FileManager.default.removeItem(atPath: checkout.folder + "/Tests/MigrationsTests")
      try await expectRefusal(checkout, name, 2, ["Tests/MigrationsTests", "nothing was"])
    }
  }

  @Test("outside of a checkout it says where to type it")
  func elsewhere() async throws {
    try await withTemporaryFolder { folder in
      let outcome = try await Product(in: folder).run("new", name)
      expectSentence(outcome, 2, ["is not a Swift package", "Package.swift"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
      try write("let package = Package(name: \"other\")", to: folder + "/Package.swift")
      expectSentence(try await Product(in: folder).run("new", name), 2, ["can't be read"])
    }
  }
}
