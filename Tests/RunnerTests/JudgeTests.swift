import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalRunner

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

  /// Half of a unit as it is wanted, the other half as it was, something else, gone, or not looked at.
  private var halves: [[Found?]] {
    let other = Toy.item(2).with(["number": .null])
    return [
      [Found(item("new")), Found(nil)], [Found(item("new")), Found(other)], [Found(item("new")), nil],
      [Found(item("old")), Found(Toy.item(2))], [Found(item("third")), Found(Toy.item(2))],
      [Found(nil), Found(Toy.item(2))], [nil, Found(Toy.item(2))],
    ]
  }

  @Test func halfOfAUnitIsNeverCalledAppliedWhoeverMayHaveSentIt() {
    for found in halves {
      for (inDoubt, sentBefore) in [(true, true), (true, false), (false, true), (false, false)] {
        let reply = UnitReply(.conditionFailed(found), maybeSentBefore: sentBefore)
        let verdicts = Judge.applying([change, other], reply, inDoubt: inDoubt)
        #expect(verdicts.map(\.kind) == [.failed, .failed], "\(found)")
        #expect(verdicts.contains { $0.detail?.code == OutcomeCode.conflict })
      }
    }
  }

  @Test func halfOfAUnitIsNeverCalledUndone() {
    // The inverted changes want back what the changes found, so that the halves change places.
    let inverse = [other.inverse, change.inverse]
    for found in [
      [Found(nil), Found(item("new"))], [Found(nil), nil], [Found(nil), Found(item("third"))],
      [Found(Toy.item(2)), Found(item("old"))], [nil, Found(item("old"))],
    ] as [[Found?]] {
      let verdicts = Judge.turning(.undoing, inverse, UnitReply(.conditionFailed(found)))
      #expect(verdicts.map(\.kind) == [.failed, .failed], "\(found)")
      #expect(verdicts.allSatisfy { $0.detail?.undoing == true })
    }
    let all = Judge.turning(.undoing, inverse, UnitReply(.conditionFailed([Found(nil), Found(item("old"))])))
    #expect(
      all == [
        Verdict(.compensated, OutcomeDetail(foundSo: true)),
        Verdict(.compensated, OutcomeDetail(foundSo: true)),
      ])
  }

  @Test func whatIsFoundSoIsForeignOnlyWhenItCanNotHaveBeenOurs() {
    let found: UnitReply.Outcome = .conditionFailed([Found(item("new"))])
    for (inDoubt, sentBefore, foreign) in [
      (false, false, true), (true, false, nil), (false, true, nil), (true, true, nil),
    ] as [(Bool, Bool, Bool?)] {
      let verdicts = Judge.applying([change], UnitReply(found, maybeSentBefore: sentBefore), inDoubt: inDoubt)
      #expect(verdicts == [Verdict(.applied, OutcomeDetail(foundSo: true, foreign: foreign))])
    }
  }

  @Test func onlyWhatStoodInTheWayIsCalledForcedAndKept() {
    // One item was as the run had left it, the other was not.
    let unit = [change.inverse, other.inverse]
    let verdicts = Judge.turning(.undoing, unit, UnitReply(.written), overwrote: [nil, 17])
    #expect(verdicts[0] == Verdict(.compensated))
    #expect(verdicts[1].detail?.forced == true && verdicts[1].detail?.overwrote == 17)
  }

  @Test func aFailureEndsASagaUnlessTheChangeHadNeverBeenMade() {
    #expect(Verdict(.failed, OutcomeDetail(code: OutcomeCode.conflict, message: "")).endsSaga)
    #expect(Verdict(.failed, OutcomeDetail(code: OutcomeCode.unit, message: "")).endsSaga)
    #expect(!Verdict(.failed, OutcomeDetail(code: OutcomeCode.neverMade, message: "")).endsSaga)
    #expect(!Verdict(.applied).endsSaga && !Verdict(.compensated).endsSaga)
    let left = Judge.leftOut(after: Verdict(.failed, OutcomeDetail(undoing: true, code: "x", message: "")))
    #expect(left.kind == .failed && left.detail?.code == OutcomeCode.unit && left.detail?.undoing == true)
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
    let verdict = Judge.turning(.undoing, [change.inverse], reply)[0]
    #expect(verdict.detail?.undoing == true && verdict.detail?.code == "ValidationException")
    #expect(Judge.applying([change], reply, inDoubt: false)[0].detail?.undoing == nil)
  }
}
