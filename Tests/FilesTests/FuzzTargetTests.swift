import TestSupport
import Testing

@testable import DynamoJournalFiles

@Suite("Fuzzing: files of migrations") struct FileFuzzTargetTests {
  @Test("a file is a migration, or refused with one sentence")
  func files() async throws {
    let tokens = [
      "table: ", "where: ", "set: |\n  ", "params:\n  ", "put:\n  ", "expect: ", "note: ", "&a ", "*a",
      "!!str ", "---\n",
      "? ", "- ", "<<: ", "|", ">", "exec: [",
    ]
    try await Fuzzing("migrations", tokens: tokens, fewInputs: 1_500).run { bytes in
      let said = refusal(String(decoding: bytes, as: UTF8.self))
      guard !said.isEmpty, said.utf8.count < 4_000 else {
        throw Fuzzing.Finding("\(said.utf8.count) bytes of refusal")
      }
    }
  }
}
