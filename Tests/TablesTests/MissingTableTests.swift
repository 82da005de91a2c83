import DynamoJournalProgram
import DynamoJournalTables
import Testing

@Suite("A table that is not there")
struct MissingTableTests {
  private let aws = StorePlace("in account 123456789012, region eu-west-2, profile 'ops'", isAWS: true)
  private let names = ["sparta-node-operators-prod", "sparta-validators-prod", "orders"]

  @Test("on AWS region, account and profile are named and looked at first, and nothing is created")
  func elsewhere() {
    let missing = MissingTable("sparta-node-operators-dev", place: aws, names: names)
    #expect(
      missing.problem
        == "there is no table 'sparta-node-operators-dev' in account 123456789012, region eu-west-2, profile 'ops'"
    )
    #expect(
      missing.remedy("set T", orCreate: "create it")
        == "did you mean 'sparta-node-operators-prod'? If not, check that account, region and profile are the ones that are meant, or set T"
    )
    let nowhere = MissingTable("sparta-node-operators-dev", place: aws, names: [])
    #expect(nowhere.problem.hasSuffix("profile 'ops', and no table at all"))
    #expect(nowhere.remedy("set T").hasPrefix("check that account, region"))
  }

  @Test(
    "elsewhere it may as well be created; names are near by a third of their letters at most, nearest first")
  func here() {
    let missing = MissingTable(
      "ordres-dev", place: nil, names: names + ["orders-dev", "ordres-de", "orders-prod"])
    #expect(missing.problem == "there is no table 'ordres-dev'")
    #expect(
      missing.remedy("set T", orCreate: "create it")
        == "did you mean 'ordres-de' or 'orders-dev'? If not, set T, or create it")
    #expect(
      MissingTable("zebra", place: nil, names: names).remedy("set T", orCreate: "create it")
        == "set T, or create it")
    #expect(MissingTable("zebra", place: nil, names: nil).problem == "there is no table 'zebra'")
  }

  @Test("keys that are not let in are a refusal with a remedy where no run has begun")
  func keys() {
    for code in [
      "InvalidSignatureException", "UnrecognizedClientException", "ExpiredTokenException",
      "SignatureDoesNotMatch",
      "InvalidClientTokenId", "MissingAuthenticationTokenException",
    ] {
      let error = StoreError(.unavailable, code: code, "refused")
      #expect(error.exitStatus == .refused && error.explanation.remedy != nil, "\(code)")
    }
    #expect(StoreError(.unavailable, code: "ConnectionFailed", "gone").exitStatus == .interrupted)
  }
}
