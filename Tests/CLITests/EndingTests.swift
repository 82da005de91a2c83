import DynamoJournalProgram
import Foundation
import Testing

@testable import SpartaJournalCommands

@Suite("Errors that nobody foresaw") struct EndingTests {
  struct Surprise: Error, CustomStringConvertible {
    var description: String { "the value was hunter2" }
  }

  @Test("end with 70 and the wish to report them, without their own words")
  func unforeseen() {
    #expect(ExitStatus(Surprise()) == .bug)
    #expect(ExitStatus.bug.rawValue == 70)
    let sentence = Ending.explanation(Surprise()).description
    #expect(sentence.contains("please report it"))
    #expect(sentence.contains("Surprise"))
    #expect(!sentence.contains("hunter2"))
  }

  @Test("wrong usage points at the command's own help")
  func usage() {
    #expect(
      Ending.usage("Unknown option '--x'\nmore", words: ["run", "--x"]).description
        == "unknown option '--x': see 'sparta-journal run --help'")
    #expect(Ending.usage("Unexpected argument 'x'", words: ["x"]).remedy == ("see 'sparta-journal --help'"))
  }
}
