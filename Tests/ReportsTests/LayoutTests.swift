import DynamoJournalReports
import Foundation
import Testing

@testable import DynamoJournalReports

@Suite("Text on a narrow terminal") struct LayoutTests {
  private func narrow<Result>(_ width: Int = 40, _ body: () throws -> Result) rethrows -> Result {
    try TextLayout.$width.withValue(width, operation: body)
  }

  @Test("a long line is broken between words, and a long word where the line ends")
  func lines() {
    narrow {
      let text = TextLayout.wrapped("  one two three four five six seven eight nine\nshort\n")
      #expect(text == "  one two three four five six seven\n    eight nine\nshort\n")
      let word = String(repeating: "x", count: 50)
      #expect(TextLayout.wrapped("a \(word)").split(separator: "\n").map(\.count) == [1, 40, 14])
    }
    #expect(TextLayout.wrapped(String(repeating: "x ", count: 99)).count == 198)
  }

  @Test("columns that have no room follow below, each with its title, and nothing is lost")
  func tables() {
    func make() -> TextTable {
      var table = TextTable(["RUN", "STATE", "TARGET", "REASON"])
      table.add(["06-2026", "applied", "local:somewhere/else.sqlite", "since it was asked for, twice"])
      table.add(["07-2026", "-", "aws", ""])
      return table
    }
    var wide = make()
    #expect(wide.takeLines().split(separator: "\n").count == 3)
    narrow {
      var table = make()
      #expect(
        table.takeLines() == """
          RUN      STATE
          06-2026  applied
            target local:somewhere/else.sqlite
            reason since it was asked for, twice
          07-2026  -
            target aws

          """)
    }
  }

  @Test("a command is broken so that a shell reads it as one")
  func commands() async throws {
    let command =
      "printf %s' ' resume 06-20261126-152515-7ghm --reason 'a b  c' --digest sha256:0123456789abcdef0123"
    let lines = TextLayout.command(command, width: 40, indent: 4)
    #expect(lines.count > 2)
    #expect(lines.allSatisfy { $0.count <= 40 })
    func said(_ script: String) throws -> String {
      let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      try script.write(to: file, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(at: file) }
      guard let shell = popen("sh '\(file.path)'", "r") else { throw CocoaError(.fileReadUnknown) }
      defer { pclose(shell) }
      var bytes = [UInt8](repeating: 0, count: 4_096)
      let count = fread(&bytes, 1, bytes.count, shell)
      return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
    #expect(try said(lines.joined(separator: "\n")) == said(command))
    #expect(try said(command).contains("a b  c"))
  }
}
