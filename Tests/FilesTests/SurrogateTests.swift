import DynamoJournalExpressions
import Testing

@testable import DynamoJournalFiles

@Suite("Surrogate pairs in a file in JSON") struct SurrogateTests {
  private func set(_ value: String) throws -> String? {
    try migration(#"{"table": "t12", "set": "\#(value)", "summary": "it"}"#).specification.clauses.set?.text
  }

  @Test("a pair is one character") func pairs() throws {
    #expect(try set(#"a = '\ud83d\ude00\uD834\uDD1E é \u00e9'"#) == "a = '😀𝄞 é é'")
  }

  @Test("a backslash that is escaped begins no escape") func backslashes() throws {
    #expect(try set(#"a = '\\ud83d\\ude00'"#) == #"a = '\ud83d\ude00'"#)
    #expect(try set(#"a = '\\\ud83d\ude00'"#) == #"a = '\😀'"#)
  }

  @Test("half of one is refused") func halves() {
    for half in [#"\ud83d"#, #"\ude00"#, #"\ude00\ud83d"#, #"\ud83dx\ude00"#] {
      #expect(refusal(#"{"table": "t12", "set": "a = '\#(half)'"}"#).contains("surrogates"), "\(half)")
    }
  }

  @Test("the digest is that of the file as it is") func digest() throws {
    let file = try migration(#"{"table": "t12", "set": "a = '\ud83d\ude00'"}"#)
    let text = #"{"table": "t12", "set": "a = '\ud83d\ude00'"}"#
    #expect(file.captured.digest == CapturedDefinition.digest(Array(text.utf8)))
  }
}
