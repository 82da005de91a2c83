import Testing

@testable import SpartaJournalCommands

@Suite("Targets") struct TargetTests {
  @Test(
    "the first that says something decides: option, SPARTA_TARGET, endpoint, local server, AWS, embedded store"
  )
  func resolution() throws {
    func name(_ option: String? = nil, _ variables: [String: String] = [:]) throws -> String {
      try Target.resolve(option: option, Variables(variables)).name
    }
    let all = [
      "SPARTA_TARGET": "local:b", "DYNAMODB_ENDPOINT": "https://c", "LOCAL_DYNAMO_DB": "true",
      "IS_LOCAL": "false",
    ]
    #expect(try name("local:a", all) == "local:a")
    #expect(try name(nil, all) == "local:b")
    #expect(try name(nil, all.filter { $0.key != "SPARTA_TARGET" }) == "https://c")
    #expect(try name(nil, ["LOCAL_DYNAMO_DB": "true", "IS_LOCAL": "false"]) == "http://localhost:8000")
    #expect(try name(nil, ["IS_LOCAL": "1"]) == "http://localhost:8000")
    #expect(try name(nil, ["IS_LOCAL": "false"]) == "aws")
    #expect(try name(nil, ["LOCAL_DYNAMO_DB": "false"]) == "local:.sparta/tables.sqlite")
    #expect(try name(nil, ["SPARTA_TARGET": "", "DYNAMODB_ENDPOINT": ""]) == "local:.sparta/tables.sqlite")
    for words in ["", "local:", "mars", "ftp://x", "LOCAL"] {
      #expect(throws: (any Error).self) { try Target(words) }
    }
  }
}
