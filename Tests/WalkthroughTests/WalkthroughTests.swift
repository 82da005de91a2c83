import Foundation
import TestSupport
import Testing

@Suite("docs/writing-a-migration.md") struct WalkthroughTests {
  private static func page() throws -> Page {
    try Page(
      String(contentsOfFile: CheckoutCopy.original + "/docs/writing-a-migration.md", encoding: .utf8))
  }

  @Test("the page leads from a skeleton that fails to a migration that is applied and undone")
  func walkthrough() async throws {
    try await withTemporaryFolder { folder in
      let package = try QuickPackage(in: folder)
      let script = PageScript(page: try Self.page(), scratch: folder + "/blocks")
      try await script.run(
        in: package.checkout.folder,
        environment: ["PATH": package.path, "HOME": folder, "TMPDIR": folder, "USER": "tester"])
      try script.expectOutput()
    }
  }

  private static let example = [
    "Package.swift", "Sources/acme-migrate/AcmeMigrate.swift", "Sources/Migrations/01_backfill_totals.swift",
  ].map { "Examples/acme-migrate/" + $0 }

  @Test("what the page shows of a package of one's own is what stands in the example")
  func example() throws {
    for step in try Self.page().steps {
      guard case .file(let path, let source) = step, Self.example.contains(path) else { continue }
      let original = try String(contentsOfFile: "\(CheckoutCopy.original)/\(path)", encoding: .utf8)
      #expect(source == original, "\(path)")
    }
  }

  @Test("the page has the steps that it promises, and two of its commands have to fail")
  func steps() throws {
    let steps = try Self.page().steps
    let files = steps.compactMap { if case .file(let path, _) = $0 { path } else { nil } }
    #expect(
      files == Self.example + [
        "Sources/Migrations/07_backfill_email.swift", "Tests/MigrationsTests/BackfillEmailTests.swift",
      ])
    let shell = steps.compactMap { if case .shell(let commands, _, _) = $0 { commands } else { nil } }
      .joined()
    for command in [
      "new 07_backfill_email", "swift test", "--dry-run", "resume latest", "report latest", "rollback latest",
    ] { #expect(shell.contains(command), "\(command)") }
    let failing = steps.filter { if case .shell(_, true, _) = $0 { true } else { false } }
    #expect(failing.count == 2)
  }
}
