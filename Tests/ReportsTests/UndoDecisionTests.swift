import DynamoJournalEvents
import DynamoJournalReports
import Testing

@Suite("The decision of a rollback plan")
struct UndoDecisionTests {
  private func facts(_ change: (inout UndoDecision.Facts) -> Void) -> UndoDecision.Facts {
    var facts = UndoDecision.Facts()
    facts.changes = 100
    facts.hasBackups = true
    facts.minutes = 3
    change(&facts)
    return facts
  }

  @Test("is to undo, as a rule")
  func rule() {
    let decision = UndoDecision.decide(facts { _ in })
    #expect(decision.choice == .undo && decision.why.count == 1)
  }

  @Test("names what a restore would lose")
  func losses() {
    let decision = UndoDecision.decide(
      facts {
        $0.conflicts = 1
        $0.laterRuns = 2
        $0.minutes = UndoDecision.long + 1
      })
    #expect(decision.choice == .undo)
    #expect(decision.why.contains { $0.contains("the later 1 change that is in conflict") })
    #expect(decision.why.contains { $0.contains("2 later runs") })
  }

  @Test("is to restore what can't be undone, when there is a backup of every table")
  func erased() {
    #expect(UndoDecision.decide(facts { $0.erasedUnits = 1 }).choice == .restore)
    let without = UndoDecision.decide(
      facts {
        $0.erasedUnits = 1
        $0.tablesWithoutBackup = ["a", "b"]
      })
    #expect(without.choice == .undo && without.why == ["the run has no backup of table 'a' and 1 more"])
    let none = UndoDecision.decide(
      facts {
        $0.erasedUnits = 1
        $0.hasBackups = false
      })
    #expect(none.choice == .undo)
  }

  @Test("is to restore when undoing takes too long and nothing is known to be lost")
  func long() {
    #expect(UndoDecision.decide(facts { $0.minutes = UndoDecision.long + 1 }).choice == .restore)
    #expect(UndoDecision.decide(facts { $0.minutes = UndoDecision.long }).choice == .undo)
    #expect(UndoDecision.decide(facts { $0.minutes = nil }).choice == .undo)
  }

  @Test("is to undo where only a part is meant, whatever else is known")
  func part() {
    let decision = UndoDecision.decide(
      facts {
        $0.isPartial = true
        $0.erasedUnits = 1
        $0.minutes = 10_000
      })
    #expect(decision.choice == .undo && decision.why[0].contains("only a part"))
  }
}

@Suite("The pace of a run")
struct ApplyingPaceTests {
  @Test("is that of the time between commits; a pause is none of it")
  func pace() {
    let second: Int64 = 1_000_000
    #expect(ApplyingPace.changesPerSecond([]) == nil)
    #expect(ApplyingPace.changesPerSecond([(5 * second, 500)]) == nil)
    let commits: [(at: Int64, changes: Int64)] = [
      (second, 500), (2 * second, 500), (3 * second, 500), (3_600 * second, 500), (3_602 * second, 500),
    ]
    #expect(ApplyingPace.changesPerSecond(commits) == 375)
  }
}
