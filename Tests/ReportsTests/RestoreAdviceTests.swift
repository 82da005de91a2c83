import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalTables
import Testing

@Suite("What a restored table lacks")
struct RestoreAdviceTests {
  private static let settings = [
    "timeToLive": "expires", "tag.team": "it's red", "tag.aws:owner": "x", "stream": "NEW_IMAGE",
    "pointInTimeRecovery": "7 days", "deletionProtection": "on", "tableClass": "STANDARD_INFREQUENT_ACCESS",
    "provisionedThroughput": "ReadCapacityUnits=5,WriteCapacityUnits=6",
    "provisionedThroughput.ByOwner": "ReadCapacityUnits=1,WriteCapacityUnits=2",
    "encryption": "arn:aws:kms:eu-west-2:1:key/k", "projection.ByOwner": "KEYS_ONLY",
    "localIndex.ByTime": "id,time", "unread": "ListTagsOfResource",
  ]

  @Test("each setting is put back by a command of the AWS CLI, or it is said that none does")
  func commands() {
    let advice = RestoreAdvice(Self.settings, of: "old", to: "new", awsOptions: "--region eu-west-2")
    let aws = "aws dynamodb"
    #expect(
      advice.commands == [
        aws + " update-time-to-live --region eu-west-2 --table-name new --time-to-live-specification "
          + #"'{"Enabled":true,"AttributeName":"expires"}'"#,
        aws + " tag-resource --region eu-west-2 --resource-arn \"$(aws dynamodb describe-table "
          + "--region eu-west-2 --table-name new --query Table.TableArn --output text)\" --tags "
          + #"'[{"Key":"team","Value":"it'\''s red"}]'"#,
        aws + " update-continuous-backups --region eu-west-2 --table-name new "
          + "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=7",
        aws + " update-table --region eu-west-2 --table-name new "
          + "--stream-specification StreamEnabled=true,StreamViewType=NEW_IMAGE",
        aws + " update-table --region eu-west-2 --table-name new --billing-mode PROVISIONED "
          + "--provisioned-throughput ReadCapacityUnits=5,WriteCapacityUnits=6 "
          + "--global-secondary-index-updates 'Update={IndexName=ByOwner,"
          + "ProvisionedThroughput={ReadCapacityUnits=1,WriteCapacityUnits=2}}'",
        aws + " update-table --region eu-west-2 --table-name new "
          + "--sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=arn:aws:kms:eu-west-2:1:key/k",
        aws + " update-table --region eu-west-2 --table-name new --table-class STANDARD_INFREQUENT_ACCESS",
        aws + " update-table --region eu-west-2 --table-name new --deletion-protection-enabled",
      ])
    #expect(advice.settings.count == Self.settings.count)
    #expect(advice.remarks.count == 4 && advice.remarks[3].contains("table/old"))
    #expect(advice.remarks[2] == "not read when the backup was made: ListTagsOfResource")
  }

  @Test("where there is no such command, the settings alone are shown, and nothing in them steers a terminal")
  func embedded() {
    let advice = RestoreAdvice(["tag.a": "b\u{1B}[2J"], of: "old", to: "new", awsOptions: nil)
    #expect(advice.settings == ["tag.a = b\\u{1b}[2J"])
    #expect(advice.commands == [] && advice.remarks == [])
  }

  @Test("a table without any such setting needs no command")
  func nothing() {
    let settings = ["tableClass": "STANDARD"]
    let advice = RestoreAdvice(settings, of: "old", to: "new", awsOptions: "--region eu-west-2")
    #expect(advice.commands == [])
  }

  @Test("an export is brought back by our own command, and one of AWS's by AWS's")
  func restoreCommands() {
    var backup = BackedUpDetail(
      table: "t", name: "migration-backup-t", arn: "arn:sparta:export:migration-backup-t", sizeBytes: 9,
      lostOnRestore: [:], kind: .export, items: 3, path: ".sparta/j.backups/migration-backup-t",
      digest: "sha256:00")
    #expect(
      BackupAdvice.restoreCommand(backup, run: "06-x")
        == "sparta-journal restore 06-x --table t --to t-restored")
    backup.kind = nil
    backup.arn = "arn:aws:dynamodb:eu-west-2:1:table/t/backup/01"
    #expect(
      BackupAdvice.restoreCommand(backup, run: "06-x").hasPrefix("aws dynamodb restore-table-from-backup"))
  }
}

@Suite("What a run has cost")
struct CostReportTests {
  private func cost() -> TargetCost {
    var cost = TargetCost()
    cost.requests = 210
    cost.retries = 4
    cost.throttles = ["ThrottlingException": 1, "ProvisionedThroughputExceededException": 2]
    cost.throttledMilliseconds = 12_340
    cost.readUnits = 35.5
    cost.writeUnits = 120
    return cost
  }

  private func withRun(
    costs: [TargetCost?], _ body: (RunReport, Journal) async throws -> Void
  ) async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let changes = try await journal.plan([approve("1")], run: run)
      try await journal.startApplying(run: run)
      try await journal.outcome(.applied, changes[0], run: run)
      let stopped = InterruptedDetail(cause: .signal, drained: true, message: "stopped", cost: costs[0])
      try await journal.append([EventDraft(.interrupted, stopped)], run: run)
      try await journal.append([EventDraft(.resumed, ResumedDetail(retryFailed: false))], run: run)
      let finished = FinishedDetail(state: .applied, counts: counts(planned: 1, applied: 1), cost: costs[1])
      try await journal.append([EventDraft(.finished, finished)], run: run)
      try await body(RunReport(try await journal.run(run)), journal)
    }
  }

  @Test("the costs of its events add up, in text, JSON and Markdown")
  func sum() async throws {
    try await withRun(costs: [cost(), cost()]) { run, journal in
      let sentence =
        "420 requests, 8 retries, 6 throttles (ProvisionedThroughputExceededException 4, "
        + "ThrottlingException 2), throttled 24.7 s, 71 read units, 240 write units"
      #expect(run.text.contains("cost       \(sentence)\n"))
      let json =
        #"{"requests":420,"retries":8,"throttles":{"ProvisionedThroughputExceededException":4,"#
        + #""ThrottlingException":2},"throttledMilliseconds":24680,"readUnits":71,"writeUnits":240}"#
      #expect(run.json["cost"]?.text() == json)
      for (format, words) in [
        (DetailedReport.Format.text, sentence), (.markdown, sentence), (.json, json),
      ] {
        var text = ""
        try await DetailedReport(run, journal).write(format) { text += $0 }
        #expect(text.contains(words), "\(format)")
      }
    }
  }

  @Test("what did not happen is left out, and a run without costs says nothing of them")
  func little() async throws {
    var one = TargetCost()
    one.requests = 1
    one.readUnits = 0.5
    try await withRun(costs: [nil, one]) { run, _ in
      #expect(run.text.contains("cost       1 request, 0.5 read units, 0 write units\n"))
    }
    try await withRun(costs: [nil, nil]) { run, _ in
      #expect(!run.text.contains("cost ") && run.json["cost"]?.isNull == true)
    }
  }
}
