import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import Testing

@Suite("Lists of runs and of migrations")
struct ListingTests {
  private func reports(_ journal: Journal) async throws -> [RunReport] {
    let first = try await journal.startRun(reason: "line\nbreak")
    _ = try await journal.plan([], run: first)
    try await journal.startApplying(run: first)
    try await journal.finish(.applied, run: first)
    let second = try await journal.startRun("06-20261123-051406-bbbb", target: "aws", dryRun: true)
    _ = try await journal.plan([approve("1")], run: second)
    return [
      RunReport(try await journal.run(first)),
      RunReport(try await journal.run(second), counts: counts(planned: 1)),
    ]
  }

  @Test("runs are a row each, and an array of what show says")
  func runsAreListed() async throws {
    try await withJournal { journal in
      let listing = RunListing(try await reports(journal))
      #expect(
        listing.text == """
          RUN                      MIGRATION                   STATE    TARGET                       CHANGES               STARTED                   BY          REASON
          06-20261123-051402-k3f9  06_add_wallet_to_operators  applied  local:.sparta/tables.sqlite  nothing to do         2026-11-23T05:14:02.113Z  ada@engine  line\\u{a}break
          06-20261123-051406-bbbb  06_add_wallet_to_operators  planned  aws                          1 planned, 0 applied  2026-11-23T05:14:06.113Z  ada@engine

          """)
      let array = try #require(try JSONValue(parsing: listing.jsonText).arrayValue)
      #expect(array.map { $0["state"] } == ["applied", "planned"])
      #expect(array.first?["reason"] == "line\nbreak")
      #expect(RunListing([]).jsonText == "[]\n")
      #expect(RunListing([]).text == "no runs yet: 'sparta-journal list' shows the migrations\n")
    }
  }

  @Test("migrations say how they stand on this target")
  func migrationsAreListed() async throws {
    try await withJournal { journal in
      let entries = [
        MigrationStatus.Entry(
          name: "04_remove_discord_username_attribute", summary: "Remove it", version: 1,
          codeDigest: "sha256:04"),
        MigrationStatus.Entry(
          name: "06_add_wallet_to_operators", summary: "Re-key operators", version: 2, codeDigest: "sha256:06"
        ),
      ]
      let listing = MigrationListing(
        entries, runs: try await reports(journal), target: "local:.sparta/tables.sqlite")
      let ada = #"{"user":"ada","uid":null,"host":"engine","arn":null,"accessKeyID":null,"claims":{}}"#
      #expect(
        listing.text == """
          MIGRATION                             STATE    WHEN                      BY          RUN                      CODE                           SUMMARY
          04_remove_discord_username_attribute  pending  -                         -           -                        -                              Remove it
          06_add_wallet_to_operators            applied  2026-11-23T05:14:05.113Z  ada@engine  06-20261123-051402-k3f9  changed since (version 1 → 2)  Re-key operators

          """)
      #expect(
        try JSONValue(parsing: listing.jsonText).text()
          == #"[{"migration":"04_remove_discord_username_attribute","summary":"Remove it","state":"pending","#
          + #""isPartial":false,"run":null,"at":null,"actor":null,"version":1,"codeDigest":"sha256:04","#
          + #""runVersion":null,"runCodeDigest":null,"code":null,"lastRun":null,"archived":null,"people":null,"#
          + #""guards":[],"verified":null},"#
          + #"{"migration":"06_add_wallet_to_operators","summary":"Re-key operators","state":"applied","#
          + #""isPartial":false,"run":"06-20261123-051402-k3f9","at":"2026-11-23T05:14:05.113Z","#
          + #""actor":{"user":"ada","host":"engine","arn":null},"version":2,"codeDigest":"sha256:06","#
          + #""runVersion":1,"runCodeDigest":null,"code":"changed","lastRun":{"#
          + #""run":"06-20261123-051402-k3f9","state":"applied","dryRun":false,"#
          + #""startedAt":"2026-11-23T05:14:02.113Z","finishedAt":"2026-11-23T05:14:05.113Z","#
          + #""actor":{"user":"ada","host":"engine","arn":null}},"archived":null,"people":{"plannedBy":\#(ada),"approvedBy":[],"#
          + #""appliedBy":\#(ada),"rolledBackBy":null,"redoneBy":null,"closedBy":null,"erasedBy":[]},"#
          + #""guards":[],"verified":null}]"#)
    }
  }
}
