import Foundation
import DynamoJournalEvents
import SpartaMigrations
import DynamoJournalRunner
import Testing

@Suite("The code of migrations")
struct CodeDigestTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources/Migrations")
  /// Names of variables, attributes and tables: a new migration adds to them, and no older one is changed by that.
  private static let vocabulary: Set = [
    "SpartaMigrations.swift", "Configuration.swift", "SpartaTables.swift",
  ]

  private func source(_ file: String) throws -> String {
    try String(contentsOf: Self.folder.appendingPathComponent(file), encoding: .utf8)
  }

  @Test("each migration states the digest of its code", arguments: SpartaMigrations.all.map(\.name))
  func digests(name: String) throws {
    let migration = try SpartaMigrations.catalog.require(name)
    let digest = CodeDigest.of(try migration.code.files.map(source))
    #expect(
      migration.code.digest == digest,
      "the code of \(name) has changed: raise its version (now \(migration.version)) if it would plan something else than before, and set its digest to \(digest)"
    )
  }

  @Test(
    "each migration names the files of all types that its plan depends on",
    arguments: SpartaMigrations.all.map(\.name)
  )
  func files(name: String) throws {
    let migration = try SpartaMigrations.catalog.require(name)
    var owners: [Substring: String] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    where !Self.vocabulary.contains(file) {
      let types = try source(file).matches(of: /(?m)^(?:public |final )*(?:struct|enum|class) (\w+)/)
      for type in types { owners[type.1] = file }
    }
    for file in migration.code.files {
      let code = try source(file).split(separator: "\n").filter { !$0.contains(/^\s*\/\//) }
      let words = Set(code.flatMap { $0.matches(of: /\w+/).map(\.0) })
      let missing = words.compactMap { owners[$0] }.filter { !migration.code.files.contains($0) }
      #expect(missing.isEmpty, "\(file) depends on these: name them in the code of \(name), too")
    }
    let own = try source(try #require(migration.code.files.first))
    #expect(own.contains("let name = \"\(name)\""))
  }

  @Test("a digest changes with the code, and not with comments, indentation, version or digest")
  func whatCounts() {
    let digest = CodeDigest.of(["let version = 1\n  a()\n", "b()"])
    #expect(digest.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil)
    for same in [
      "let version = 12\na()", "// why\n\nlet version = 1\n    a()\n   /// what\n",
    ] { #expect(CodeDigest.of([same, "b()"]) == digest) }
    let stated = { (digest: String) in CodeDigest.of(["MigrationCode(\n\"\(digest)\")"]) }
    #expect(stated(digest) == stated("sha256:" + String(repeating: "0", count: 64)))
    for other in [["let version = 1\n  a(1)\n", "b()"], ["let version = 1\n  a()\nb()"], ["b()"]] {
      #expect(CodeDigest.of(other) != digest)
    }
  }
}
