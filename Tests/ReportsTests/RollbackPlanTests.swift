import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalTables
import Testing

@Suite("A rollback plan")
struct RollbackPlanTests {
  private func makeRun(_ journal: Journal, backup: BackedUpDetail?) async throws -> (
    RunReport, [PlannedChange]
  ) {
    let run = try await journal.startRun()
    let changes = try await journal.plan(
      [approve("1"), create("2", ["name": .string("secret")]), approve("3")], run: run)
    if let backup { try await journal.append([EventDraft(.backedUp, backup)], run: run) }
    try await journal.startApplying(run: run)
    for change in changes { try await journal.outcome(.applied, change, run: run) }
    try await journal.finish(.applied, run: run, counts: counts(planned: 3, applied: 3))
    return (RunReport(try await journal.run(run)), changes)
  }

  private let backup = BackedUpDetail(
    table: operators, name: "b", arn: "arn:sparta:local:table/\(operators)/backup/1-00000000", sizeBytes: 1,
    lostOnRestore: [:])

  private static func image(_ planned: PlannedChange) -> AttributeMap? {
    if case .item(let change) = planned.intended { change.after } else { nil }
  }

  private func facts(_ changes: [PlannedChange]) -> RollbackPlanFacts {
    var facts = RollbackPlanFacts()
    facts.tally = [PlanTally(table: operators, updates: 1)]
    facts.changeCount = 1
    facts.foreign = 4
    facts.neverMade = 2
    facts.alreadySo = 1
    facts.conflicts = [
      .init(
        change: changes[1], expected: Self.image(changes[1]),
        found: ["discordId": .string("2"), "name": .string("other")]),
      .init(change: changes[2], expected: Self.image(changes[2]), found: nil),
    ]
    facts.conflictCount = 3
    return facts
  }

  @Test("people read what would be written, what stays, the conflicts, the other way back, and what to type")
  func peopleReadAPlan() async throws {
    try await withJournal { journal in
      let (run, changes) = try await makeRun(journal, backup: backup)
      #expect(
        RollbackPlan(run, facts(changes)).text == """
          undoing run 06-20261123-051402-k3f9 (06_add_wallet_to_operators) on local:.sparta/tables.sqlite

          would write 1 change
            TABLE                      CREATE  UPDATE  DELETE  TABLE CHANGES
            sparta-node-operators-dev       0       1       0              0
            2 of those in doubt were never made, as the tables show: nothing to undo
            1 as before the run already: nothing to undo
            4 foreign: somebody else had made the same change before the run; they stay

          3 conflicts: changed by somebody else since the run
            sparta-node-operators-dev discordId=2
              found: an item that differs in name
            sparta-node-operators-dev discordId=3
              found: no item
            … and 1 more

          backups
            sparta-node-operators-dev: b, 1 byte
              arn:sparta:local:table/sparta-node-operators-dev/backup/1-00000000
              sparta-journal restore arn:sparta:local:table/sparta-node-operators-dev/backup/1-00000000 --to sparta-node-operators-dev-restored

                        UNDOING (rollback)                 RESTORING A BACKUP
          what          the changes of this run, each one  a whole table, as it was at the backup
          later writes  stay                               are missing in the restored table
          where         in the table itself                in a new table; whoever reads must be pointed to it
          conflicts     are found and reported             are not looked for
          settings      stay                               those listed as lost must be set again
          journal       knows each step                    knows nothing of it

          next
            sparta-journal rollback 06-20261123-051402-k3f9 --on-conflict skip   undo the rest, leave conflicts alone
            sparta-journal rollback 06-20261123-051402-k3f9 --on-conflict force  undo all of it, and write over what others have changed since

          """)
    }
  }

  @Test("without conflicts the command is the plain rollback, narrowed as the plan was")
  func withoutConflicts() async throws {
    try await withJournal { journal in
      let (run, _) = try await makeRun(journal, backup: nil)
      var facts = RollbackPlanFacts()
      facts.changeCount = 3
      let selection =
        " --table sparta-node-operators-dev" + #" --key '{"discordId":{"S":"it'\''s"}}'"#
      let plan = RollbackPlan(run, facts, selection: selection)
      #expect(
        plan.next.map(\.command) == [
          "sparta-journal rollback 06-20261123-051402-k3f9 --table sparta-node-operators-dev"
            + #" --key '{"discordId":{"S":"it'\''s"}}'"#
        ])
      #expect(plan.text.contains("no backup was made by this run"))
      let nothing = RollbackPlan(run, RollbackPlanFacts())
      #expect(nothing.next.isEmpty)
      #expect(nothing.text.contains("nothing to undo: the tables hold no change of this run\n"))
    }
  }

  @Test("programs read the same as one object; values only when they are asked for")
  func programsReadAnObject() async throws {
    try await withJournal { journal in
      let (run, changes) = try await makeRun(journal, backup: backup)
      let json = RollbackPlan(run, facts(changes)).json
      #expect(
        json["conflicts"]?.text()
          == #"[{"change":2,"table":"sparta-node-operators-dev","key":{"discordId":{"S":"2"}},"exists":true,"#
          + #""differs":["name"]},{"change":3,"table":"sparta-node-operators-dev","#
          + #""key":{"discordId":{"S":"3"}},"exists":false,"differs":["isApproved"]}]"#)
      #expect(
        json["backups"]?.text()
          == #"[{"table":"sparta-node-operators-dev","name":"b","#
          + #""arn":"arn:sparta:local:table/sparta-node-operators-dev/backup/1-00000000","sizeBytes":1,"#
          + #""kind":"on-demand","items":null,"path":null,"digest":null,"#
          + #""restore":"sparta-journal restore arn:sparta:local:table/sparta-node-operators-dev/backup/1-00000000"#
          + #" --to sparta-node-operators-dev-restored","lostOnRestore":{}}]"#)
      #expect(
        json.objectValue?.map(\.name) == [
          "run", "migration", "state", "target", "changes", "tally", "inDoubt", "neverMade", "alreadyUndone",
          "foreign", "erased", "conflictCount", "conflicts", "backups", "decision", "next",
        ])
      #expect(
        RollbackPlan(run, facts(changes), showValues: true).json["conflicts"]?.arrayValue?.first?["found"]?
          .text()
          == #"{"discordId":{"S":"2"},"name":{"S":"other"}}"#)
    }
  }
}
