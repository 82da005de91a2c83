import DynamoJournalFiles
import Foundation
import TestSupport
import Testing

@Suite("docs/migrations-without-swift.md") struct FilesWalkthroughTests {
  private static func page() throws -> Page {
    try Page(
      String(contentsOfFile: CheckoutCopy.original + "/docs/migrations-without-swift.md", encoding: .utf8))
  }

  @Test("the page leads from a first file to its rollback")
  func walkthrough() async throws {
    try await withTemporaryFolder { folder in
      let home = folder + "/home"
      try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
      let built = URL(fileURLWithPath: Product.path).deletingLastPathComponent().path
      let script = PageScript(page: try Self.page(), scratch: folder + "/blocks")
      try await script.run(
        in: home,
        environment: [
          "PATH": "\(built):/usr/bin:/bin", "HOME": home, "USER": "tester", "SWIFT_BACKTRACE": "enable=no",
        ])
      try script.expectOutput()
    }
  }

  @Test("every example of a key can be read, and every key has one")
  func keys() throws {
    let keys = try Self.page().keys
    for text in keys {
      let whole = text.contains("table:") ? text : "table: users\n" + text
      #expect(throws: Never.self) {
        _ = try FileMigration(CapturedDefinition(.file(path: "x.yaml", stem: "x", text: whole)))
      }
    }
    for key in [
      "table", "params", "where", "set", "remove", "add", "delete", "deleteItem", "guard", "put", "each",
      "expect",
      "onError", "note",
    ] {
      #expect(keys.joined(separator: "\n").contains("\(key):"), "\(key)")
    }
  }
}
