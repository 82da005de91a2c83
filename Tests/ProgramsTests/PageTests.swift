import DynamoJournalEvents
import DynamoJournalPrograms
import DynamoJournalRunner
import DynamoJournalTables
import Foundation
import TestSupport
import Testing

/// The programs of docs/programs.md, run as they stand there.
@Suite("docs/programs.md") struct PageTests {
  /// The text of the first block of that language.
  private func block(_ language: String, after heading: String) throws -> String {
    let page = try String(contentsOfFile: CheckoutCopy.original + "/docs/programs.md", encoding: .utf8)
    let rest = try #require(page.range(of: heading)).upperBound
    let start = try #require(page[rest...].range(of: "```\(language)\n")).upperBound
    return String(page[start..<(try #require(page[start...].range(of: "```\n")).lowerBound)])
  }

  /// A definition that runs the page's program, and how many of 600 users it changes.
  private func definition(_ language: String, in trial: ProgramTrial) throws -> (ProgramDefinition, Int) {
    let text = try block(language, after: "## Fifteen lines")
    return switch language {
    case "sh": (try trial.script("p.sh", text, ["sh", "p.sh"]), 400)
    case "python": (try trial.script("p.py", text, ["python3", "p.py"]), 600)
    default: (try trial.script("p.mjs", text, ["node", "p.mjs"]), 600)
    }
  }

  @Test(
    "each program does what the page says, forward and back",
    arguments: [("sh", "jq"), ("python", "python3"), ("js", "node")])
  func runs(_ language: String, _ program: String) async throws {
    guard has(program) else {
      return print("\(program) is not on this machine: the page's example is not run")
    }
    try await ProgramTrial.use { trial in
      let (definition, planned) = try definition(language, in: trial)
      try await trial.harness.cycle(ProgramMigration(definition), ProgramTrial.settings, planned: planned) {
        let items = try await trial.harness.items(of: "users")
        if language == "sh" {
          #expect(items.allSatisfy { $0["plan"] != nil })
        } else {
          #expect(items.allSatisfy { $0["email"]?.stringValue?.hasSuffix("@example.org") == true })
        }
      }
    }
  }

  @Test(
    "every key of the page's file is one that files have, and the page says that unknown members are ignored")
  func keys() throws {
    let file = try block("yaml", after: "# Programs in any language")
    #expect(file.contains("inputs:") && file.contains("exec:"))
    let page = try String(contentsOfFile: CheckoutCopy.original + "/docs/programs.md", encoding: .utf8)
    #expect(page.contains("A program ignores messages of types that it does not know, and members"))
  }
}
