import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalReports
import DynamoJournalTables
import Testing

@Suite("The forecast of a plan")
struct ForecastTests {
  private func started(
    _ target: String = "aws:123456789012:us-east-1", region: String? = "us-east-1", backup: BackupKind? = nil
  ) throws -> StartedDetail {
    let address = "https://dynamodb.\(region ?? "").amazonaws.com:443"
    let text = region.map { "\(address) \($0) 123456789012" } ?? "embedded:0123456789abcdef0123456789abcdef"
    let identity: TargetIdentity = try #require(TargetIdentity(text: text))
    return StartedDetail(
      run: "06-1", migration: "06", version: 1, target: target, options: [:], dryRun: true, reason: nil,
      tool: "1", identity: identity, backupKind: backup)
  }

  private func plan(changes: Int = 10, _ change: (inout TableWeight) -> Void) -> SealedDetail {
    var tally = PlanTally(table: "t", updates: changes)
    var weight = TableWeight()
    change(&weight)
    tally.weight = weight
    return SealedDetail(
      changes: changes, units: changes, tally: [tally], counters: [], digest: "sha256:1", refusal: nil)
  }

  @Test("items count by their size, transactions double, indexes once")
  func unitsAreAdded() throws {
    let plan = plan {
      $0.alone.wholeUnits = 5
      $0.inTransactions.wholeUnits = 7
      $0.indexUnits = 3
      $0.readUnits = 2
    }
    let forecast = try #require(Forecast(plan, of: try started(), pace: nil))
    #expect(forecast.writeUnits == 5 + 7 + 7 + 3)
    #expect(forecast.transactionUnits == 7)
    #expect(forecast.indexUnits == 3)
    #expect(forecast.readUnits == 2)
    #expect(!forecast.isLeast)
    #expect(forecast.seconds == nil)
  }

  @Test("an updated item counts by the table's mean item, and by what changes where nobody knows that")
  func updatesCountByTheMean() throws {
    func weight(_ items: Int?, _ bytes: Int?) -> SealedDetail {
      plan {
        $0.alone.updates = 10
        $0.alone.updateUnits = 10
        $0.updatedEntries = 4
        $0.items = items
        $0.bytes = bytes
      }
    }
    // 2,500 bytes an item are 3 units.
    let known = try #require(Forecast(weight(100, 250_000), of: try started(), pace: 5))
    #expect(known.writeUnits == 10 * 3 + 4 * 3)
    #expect(!known.isLeast)
    #expect(known.seconds == 8.4)
    #expect(known.backupBytes == 250_000)
    for (items, bytes) in [(nil, nil), (0, 0)] as [(Int?, Int?)] {
      let unknown = try #require(Forecast(weight(items, bytes), of: try started(), pace: nil))
      #expect(unknown.writeUnits == 14)
      #expect(unknown.isLeast)
    }
  }

  @Test("money is by the region's prices; without a price it is said so, and on other targets there is none")
  func moneyIsByRegion() throws {
    let plan = plan { $0.alone.wholeUnits = 2_000_000 }
    let known = try #require(Forecast(plan, of: try started(), pace: nil))
    let prices = try #require(OnDemandPrices.of("us-east-1"))
    #expect(known.money == .dollars(1.25, prices))
    let elsewhere = try #require(
      Forecast(plan, of: try started("aws:123456789012:eu-west-2", region: "eu-west-2"), pace: nil))
    #expect(elsewhere.money == .unknown(region: "eu-west-2", elsewhere: 1.25, prices))
    #expect(elsewhere.json["dollars"] == .null)
    let server = try #require(
      Forecast(plan, of: try started("http://127.0.0.1:8000", region: "eu-west-2"), pace: nil))
    #expect(server.money == nil)
    let embedded = try #require(
      Forecast(plan, of: try started("local:t.sqlite", region: nil), pace: 100))
    #expect(embedded.money == nil)
    #expect(embedded.seconds == nil)
  }

  @Test("an export reads the tables, 4 KB a unit; a backup of the target's own does not")
  func anExportReads() throws {
    let plan = plan {
      $0.items = 10
      $0.bytes = 8_193
    }
    #expect(Forecast(plan, of: try started(), pace: nil)?.readUnits == 0)
    #expect(Forecast(plan, of: try started(backup: .export), pace: nil)?.readUnits == 3)
  }

  @Test("a plan that was not weighed, or has no change, has no forecast")
  func nothingIsInvented() throws {
    var plan = plan { _ in }
    plan.changes = 0
    #expect(Forecast(plan, of: try started(), pace: nil) == nil)
    plan.changes = 1
    plan.tally[0].weight = nil
    #expect(Forecast(plan, of: try started(), pace: nil) == nil)
  }

  @Test("people read it with thousands, money and minutes; scripts get the same")
  func itIsRead() async throws {
    try await withJournal { journal in
      var tally = PlanTally(table: operators, updates: 1)
      var weight = TableWeight()
      weight.inTransactions.wholeUnits = 600_000
      weight.indexUnits = 1_234
      (weight.items, weight.bytes) = (1_000, 12_345_678)
      tally.weight = weight
      let run = try await journal.start(try started())
      _ = try await journal.plan([approve("1")], run: run, tally: [tally])
      let fold = try await journal.run(run)
      let text = PlanReport(fold, try #require(fold.plan), examples: [], notes: [], pace: 1_000).text
      #expect(
        text.contains(
          """

          forecast
            write units  1,201,234, 1,234 of them for indexes, 600,000 as transactions cost double
            money        $0.76 at the on-demand prices of us-east-1 since 2024-11-01
            time         20 min 1 s at 1,000 write units a second
            backups      12.3 MB in 1 table
            journal      grows by about 80 bytes

          1 change in 1 unit

          """))
      var report = RunReport(fold)
      report.pace = 1_000
      #expect(
        report.json["forecast"]?.text()
          == #"{"writeUnits":1201234,"isLeast":false,"indexUnits":1234,"transactionUnits":600000,"readUnits":0,"#
          + #""dollars":0.7508,"prices":{"region":"us-east-1","since":"2024-11-01"},"seconds":1201.2,"#
          + #""maxWriteUnits":1000,"backups":{"tables":1,"bytes":12345678},"journalBytes":80}"#)
    }
  }
}
