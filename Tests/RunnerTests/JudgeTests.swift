import Journal
import Tables
import TestSupport
import Testing

@testable import Runner

@Suite("What an answer means")
struct JudgeTests {
  private let change = Change(
    table: "toys", key: Toy.key(1), before: ["a": .string("old")], after: ["a": .string("new")])
  private let other = Change(table: "toys", key: Toy.key(2), before: nil, after: Toy.item(2))

  private func item(_ value: String) -> Item { ["id": .string(Toy.id(1)), "a": .string(value)] }

  @Test func aConflictNamesTheChangeThatIsInItAndExcusesTheOthers() {
    let reply = UnitReply(.conditionFailed([Found(item("third")), nil]))
    let verdicts = Judge.applying([change, other], reply, inDoubt: false)
    #expect(verdicts.map(\.detail?.code) == [OutcomeCode.conflict, OutcomeCode.unit])
    #expect(verdicts[0].detail?.found == DynamoDBJSON.text(item("third")))
  }

  @Test func aFailedConditionThatLooksRightToUsIsAConflictAllTheSame() {
    let reply = UnitReply(.conditionFailed([Found(item("old"))]))
    #expect(Judge.applying([change], reply, inDoubt: true).map(\.detail?.code) == [OutcomeCode.conflict])
  }

  @Test func aUnitIsFoundSoOnlyWhenAllOfItIs() {
    let all = UnitReply(.conditionFailed([Found(item("new")), Found(Toy.item(2))]))
    let verdicts = Judge.applying([change, other], all, inDoubt: true)
    #expect(
      verdicts == [
        Verdict(.applied, OutcomeDetail(foundSo: true)), Verdict(.applied, OutcomeDetail(foundSo: true)),
      ])
    let half = UnitReply(.conditionFailed([Found(item("new")), Found(nil)]))
    #expect(Judge.applying([change, other], half, inDoubt: true).allSatisfy { $0.kind == .failed })
  }

  @Test func anUpdateLooksAtNothingButWhatItTouches() {
    var found = item("new")
    found["b"] = .null
    let reply = UnitReply(.conditionFailed([Found(found)]), maybeSentBefore: true)
    #expect(
      Judge.applying([change], reply, inDoubt: false) == [Verdict(.applied, OutcomeDetail(foundSo: true))])
  }

  @Test func aDeletedItemIsAConflictThatWasFoundToBeNothing() {
    let verdict = Judge.applying([change], UnitReply(.conditionFailed([Found(nil)])), inDoubt: false)[0]
    #expect(verdict.detail?.found == "null" && verdict.detail?.message?.contains("deleted") == true)
  }

  @Test func aRefusalToUndoSaysThatItWasTheUndoing() {
    let reply = UnitReply(.refused(StoreError.validation("no")))
    let verdict = Judge.undoing([change.inverse], reply)[0]
    #expect(verdict.detail?.undoing == true && verdict.detail?.code == "ValidationException")
    #expect(Judge.applying([change], reply, inDoubt: false)[0].detail?.undoing == nil)
  }
}
