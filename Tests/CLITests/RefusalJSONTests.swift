import DynamoJournalProgram
import Foundation
import TestSupport
import Testing

@testable import SpartaJournalCommands

@Suite("A refusal where a script reads") struct RefusalJSONTests {
  private struct Document: Decodable {
    struct Words: Decodable {
      let `class`: String
      let problem: String
      let remedy: String?
      let exit: Int32
    }
    let error: Words
  }

  /// A command, and what its refusal is about.
  private static let cases:
    [(command: [String], class: String, exit: Int32, problem: String, remedy: String?)] = [
      (
        ["show", "latest"], "journal", 2, "there is no journal at '.sparta/journal.sqlite'", "give its place"
      ),
      (["run", "06_add_walet_to_operators"], "usage", 64, "there is no migration", nil),
      (["run", "--no-such-option", "x"], "usage", 64, "--no-such-option", "--help"),
      (["run", "04_remove_discord_username_attribute"], "validation", 2, "there is no table", "set "),
      (["history", "operators", "x=1"], "journal", 2, "there is no journal", nil),
      (["tables", "describe", "none"], "validation", 2, "there is no embedded store", "tables import"),
      (
        ["tables", "describe", "none", "--target", "http://127.0.0.1:1"], "validation", 2, "127.0.0.1",
        "check the address"
      ),
    ]

  @Test(
    "is one JSON object on standard output, and the same sentence on standard error", arguments: cases.indices
  )
  func refused(_ index: Int) async throws {
    let wanted = Self.cases[index]
    try await withTemporaryFolder { folder in
      let product = Product(in: folder, environment: ["NODE_OPERATORS_TABLE_NAME": "operators"])
      let outcome = try await product.run(wanted.command + ["--format", "json"])
      #expect(outcome.status == wanted.exit, "\(outcome.errors)")
      let document = try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8)).error
      #expect(document.class == wanted.class && document.exit == wanted.exit)
      #expect(document.problem.contains(wanted.problem), "\(document.problem)")
      if let remedy = wanted.remedy { #expect(document.remedy?.contains(remedy) == true, "\(document)") }
      let sentence = Explanation(document.problem, document.remedy).description
      #expect(outcome.errors.hasSuffix("sparta-journal: \(sentence)\n"), "\(outcome.errors)")
    }
  }

  @Test("is wanted by either way of writing the option, and by nothing else")
  func isWanted() {
    #expect(RefusalJSON.isWanted(["p", "runs", "--format=json"]))
    #expect(RefusalJSON.isWanted(["p", "runs", "--format", "json", "--x"]))
    #expect(!RefusalJSON.isWanted(["p", "runs", "--format", "text"]))
    #expect(!RefusalJSON.isWanted(["p", "runs", "json"]))
    #expect(!RefusalJSON.isWanted(["p", "runs", "--", "--format=json"]))
  }

  @Test("has one colon before its remedy")
  func sentence() {
    #expect(Explanation("it is odd", "look").description == "it is odd: look")
    #expect(Explanation("it is odd: very", "look").description == "it is odd: very; look")
    #expect(Explanation("it is odd").description == "it is odd")
  }
}
