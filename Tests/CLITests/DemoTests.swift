import Foundation
import TestSupport
import Testing

@Suite("The README's first command") struct DemoTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  @Test("the demo migrates the example, reports it, plans its rollback, and leaves its folder")
  func demo() async throws {
    try await withTemporaryFolder { folder in
      let environment = [
        "PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "NO_COLOR": "1",
        "SPARTA_JOURNAL_PROGRAM": Product.path,
      ]
      let outcome = try await Shell.run(Self.root + "/scripts/demo", environment: environment)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let expected = [
        "state      planned (a dry run: nothing was written)", "69 changes in 35 units",
        "changes    69 planned, 69 applied", "skipped without address    4", "would write 69 changes",
        "delete, moved to", "156 events, intact",
      ]
      for line in expected { #expect(outcome.output.contains(line), "\(line)") }
      for line in try session() where !line.contains("…") {
        #expect(withoutRunID(outcome.output).contains(withoutRunID(line)), "the README shows: \(line)")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasPrefix("sparta-journal-demo-") }
      #expect(left.count == 1)
    }
  }

  /// The lines of the session that the README shows.
  private func session() throws -> [String] {
    let readme = try String(contentsOfFile: Self.root + "/README.md", encoding: .utf8)
    let start = try #require(readme.range(of: "$ sparta-journal run"))
    let end = try #require(readme[start.lowerBound...].range(of: "```"))
    let lines = readme[start.lowerBound..<end.lowerBound].split(separator: "\n").map(String.init)
    #expect(lines.count > 20)
    return lines
  }

  private func withoutRunID(_ text: String) -> String {
    text.replacing(/06-\d{8}-\d{6}-[a-z0-9]{4}/, with: "RUN")
  }

  @Test("every command that the README names is one of the program's")
  func commands() async throws {
    let readme = try String(contentsOfFile: Self.root + "/README.md", encoding: .utf8)
    let table = try #require(readme.range(of: "## Commands"))
    let rows = readme[table.upperBound...].prefix { $0 != "#" }.split(separator: "\n").filter {
      $0.hasPrefix("| `")
    }
    let help = try await Shell.run(Product.path, ["--help"]).output
    let names = rows.flatMap { $0.split(separator: "|")[0].matches(of: /`([a-z-]+)/).map { String($0.1) } }
    #expect(names.count >= 18)
    let tables = try await Shell.run(Product.path, ["tables", "--help"]).output
    let audit = try await Shell.run(Product.path, ["audit", "--help"]).output
    for name in names {
      #expect(
        [help, tables, audit].contains { $0.contains("  \(name) ") || $0.contains("  \(name)\n") }, "\(name)")
    }
  }
}
