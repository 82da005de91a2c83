import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalTables
import Testing

@Suite("The audit")
struct AuditTests {
  private func collect(_ journal: Journal, _ filter: AuditFilter = AuditFilter()) async throws -> [AuditEntry]
  {
    var entries: [AuditEntry] = []
    for try await page in try await journal.audit(filter) {
      #expect(!page.isEmpty && page.count <= 500)
      entries += page
    }
    return entries
  }

  private func jsonLines(_ entries: [AuditEntry]) throws -> String {
    var report = AuditReport()
    return try report.jsonLines(entries)
  }

  @Test("a line of JSON has the members of the contract, in that order, images spliced in as they are")
  func aLineIsThatOfTheContract() async throws {
    let actor = ActorIdentity(user: "ada", host: "engine", arn: "arn:aws:iam::1:user/ada", tool: "t")
    try await withJournal(actor: actor) { journal in
      let run = try await journal.startRun(reason: "audit")
      let changes = try await journal.plan([approve("caf\u{E9}\u{301}\"\n")], run: run)
      try await journal.startApplying(run: run)
      try await journal.outcome(.applied, changes[0], run: run)
      let rest =
        #""run":"06-20261123-051402-k3f9","migration":"06_add_wallet_to_operators","#
        + #""table":"sparta-node-operators-dev","key":{"discordId":{"S":"café\#u{301}\"\n"}},"#
        + #""before":{"isApproved":{"BOOL":false}},"after":{"isApproved":{"BOOL":true}},"#
        + #""actor":{"user":"ada","host":"engine","arn":"arn:aws:iam::1:user/ada"},"reason":"audit","change":1,"#
        + #""verified":null}"# + "\n"
      let expected =
        #"{"seq":2,"at":"2026-11-23T05:14:03.113Z","event":"planned","# + rest
        + #"{"seq":5,"at":"2026-11-23T05:14:05.113Z","event":"applied","# + rest
      #expect(Array(try jsonLines(try await collect(journal)).utf8) == Array(expected.utf8))
    }
  }

  @Test("what there is not is null, and a failure says its code, its message and what was found")
  func whatThereIsNotIsNull() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let table = TableSpec(name: "t-1", key: KeySchema(partition: KeyAttribute("id", .string)))
      let changes = try await journal.plan(
        [.table(TableChange(before: nil, after: table)), approve("1")], run: run)
      try await journal.startApplying(run: run)
      let detail = OutcomeDetail(code: "conflict", message: "the item was deleted", found: "null")
      try await journal.outcome(.failed, changes[1], run: run, detail)
      var filter = AuditFilter()
      filter.table = "t-1"
      #expect(
        try jsonLines(try await collect(journal, filter))
          == #"{"seq":2,"at":"2026-11-23T05:14:03.113Z","event":"planned","run":"06-20261123-051402-k3f9","#
          + #""migration":"06_add_wallet_to_operators","table":"t-1","key":null,"before":null,"#
          + #""after":{"indexes":[],"key":[{"name":"id","type":"S"}],"name":"t-1"},"#
          + #""actor":{"user":"ada","host":"engine","arn":null},"reason":null,"change":1,"verified":null}"#
          + "\n")
      filter = AuditFilter()
      filter.event = .failed
      let line = try jsonLines(try await collect(journal, filter))
      #expect(
        line.hasSuffix(
          #""reason":null,"change":2,"verified":null,"code":"conflict","message":"the item was deleted","undoing":false,"#
            + #""found":null}"# + "\n"))
    }
  }

  @Test("an undoing that wrote over somebody's change says so, and what it wrote over")
  func aForcedUndoingSaysSo() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let changes = try await journal.plan([approve("1"), approve("2")], run: run)
      try await journal.startApplying(run: run)
      try await journal.outcome(.applied, changes[1], run: run, OutcomeDetail(foundSo: true, foreign: true))
      try await journal.startRollback(run: run)
      let found = #"{"isApproved":{"NULL":true}}"#
      try await journal.outcome(.compensated, changes[0], run: run, OutcomeDetail(forced: true, found: found))
      let lines = try jsonLines(try await collect(journal)).split(separator: "\n")
      #expect(lines[2].hasSuffix(#""reason":null,"change":2,"verified":null,"foundSo":true,"foreign":true}"#))
      #expect(
        lines[3].hasSuffix(#""change":1,"verified":null,"forced":true,"found":{"isApproved":{"NULL":true}}}"#)
      )
    }
  }

  @Test("people read aligned rows, and data can't steer their terminal")
  func peopleReadRows() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      _ = try await journal.plan([approve("1"), approve("\u{1B}[2J\u{202E}")], run: run)
      var report = AuditReport()
      #expect(
        report.textLines(try await collect(journal)) == """
          SEQ  TIME                      EVENT    RUN                      TABLE                      KEY                          ACTOR
            2  2026-11-23T05:14:03.113Z  planned  06-20261123-051402-k3f9  sparta-node-operators-dev  discordId=1                  ada@engine
            3  2026-11-23T05:14:03.113Z  planned  06-20261123-051402-k3f9  sparta-node-operators-dev  discordId=\\u{1b}[2J\\u{202e}  ada@engine

          """)
    }
  }

  // MARK: Filters

  /// Two runs: of 06 and of 04, one change each, the first one applied.
  private func twoRuns(_ journal: Journal) async throws {
    let first = try await journal.startRun()
    let changes = try await journal.plan([approve("1")], run: first)
    try await journal.startApplying(run: first)
    try await journal.outcome(.applied, changes[0], run: first)
    try await journal.finish(.applied, run: first)
    let second = try await journal.startRun("04-20261123-051407-bbbb", "04_remove_discord_username_attribute")
    _ = try await journal.plan([create("2", ["cafe\u{301}": .bool(true), "a\"b": .null])], run: second)
  }

  private func numbers(_ journal: Journal, _ set: (inout AuditFilter) throws -> Void) async throws -> [Int64]
  {
    var filter = AuditFilter()
    try set(&filter)
    return try await collect(journal, filter).map(\.event.seq)
  }

  @Test("each filter lets through what it names and nothing else")
  func eachFilterNamesSomething() async throws {
    try await withJournal { journal in
      try await twoRuns(journal)
      #expect(try await numbers(journal) { _ in } == [2, 5, 8])
      #expect(try await numbers(journal) { $0.run = 7 } == [8])
      #expect(try await numbers(journal) { $0.run = 1 } == [2, 5])
      #expect(try await numbers(journal) { $0.run = 2 } == [])
      #expect(try await numbers(journal) { $0.migration = "06_add_wallet_to_operators" } == [2, 5])
      #expect(try await numbers(journal) { $0.migration = "06" } == [])
      #expect(try await numbers(journal) { $0.table = operators } == [2, 5, 8])
      #expect(try await numbers(journal) { $0.table = "other" } == [])
      #expect(try await numbers(journal) { $0.key = Array(#"{"discordId":{"S":"1"}}"#.utf8) } == [2, 5])
      #expect(try await numbers(journal) { $0.key = Array(#"{"discordId":{"N":"1"}}"#.utf8) } == [])
      #expect(try await numbers(journal) { $0.event = .applied } == [5])
      #expect(try await numbers(journal) { $0.since = startTime + 3_000_000 } == [5, 8])
      #expect(try await numbers(journal) { $0.since = startTime + 3_000_001 } == [8])
      #expect(try await numbers(journal) { $0.until = startTime + 3_000_000 } == [2, 5])
      #expect(try await numbers(journal) { $0.until = startTime + 2_999_999 } == [2])
    }
  }

  @Test("an attribute is found by its bytes, whether it is touched or part of an image")
  func anAttributeIsFound() async throws {
    try await withJournal { journal in
      try await twoRuns(journal)
      #expect(try await numbers(journal) { $0.attribute = "isApproved" } == [2, 5])
      #expect(try await numbers(journal) { $0.attribute = "cafe\u{301}" } == [8])
      #expect(try await numbers(journal) { $0.attribute = "caf\u{E9}" } == [])
      #expect(try await numbers(journal) { $0.attribute = "a\"b" } == [8])
      #expect(try await numbers(journal) { $0.attribute = "BOOL" } == [])
      let table = TableSpec(name: "t-1", key: KeySchema(partition: KeyAttribute("id", .string)))
      let run = try await journal.startRun("x", "x")
      _ = try await journal.plan([.table(TableChange(before: nil, after: table))], run: run)
      #expect(try await numbers(journal) { $0.attribute = "name" } == [])
    }
  }

  @Test("an actor is named as user, as user@host or by ARN")
  func anActorIsNamed() async throws {
    let actor = ActorIdentity(user: "ada", host: "engine", arn: "arn:aws:iam::1:user/ada", tool: "t")
    try await withJournal(actor: actor) { journal in
      try await twoRuns(journal)
      for name in ["ada", "ada@engine", "arn:aws:iam::1:user/ada"] {
        #expect(try await numbers(journal) { $0.actor = name } == [2, 5, 8])
      }
      #expect(try await numbers(journal) { $0.actor = "engine" } == [])
    }
  }

  // MARK: Pages

  @Test("three thousand events come in pages, each once and in order, from a journal opened for reading too")
  func manyEventsComeInPages() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let changes = try await journal.plan((1...1_500).map { approve(String($0)) }, run: run)
      try await journal.startApplying(run: run)
      try await journal.append(try changes.map { try .outcome(.applied, of: $0) }, run: run)
      let reader = try Journal(path: journal.path, for: .read)
      let entries = try await collect(reader)
      #expect(entries.map(\.event.seq) == Array(2...1_501) + Array(1_504...3_003))
      #expect(entries.filter { $0.event.kind == .applied }.map { $0.event.key } == changes.map(Self.key))
    }
  }

  private static func key(_ change: PlannedChange) -> [UInt8]? {
    guard case .item(let item) = change.intended else { return nil }
    return DynamoDBJSON.bytes(item.key.attributes)
  }

  @Test("a filter that lets little through finds it far into the journal")
  func aNeedleIsFound() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      _ = try await journal.plan((1...25_000).map { approve(String($0)) }, run: run)
      #expect(
        try await numbers(journal) { $0.key = Array(#"{"discordId":{"S":"24999"}}"#.utf8) } == [25_000])
    }
  }

  @Test("an audit ends where the journal ended when it began")
  func anAuditEnds() async throws {
    try await withJournal { journal in
      let run = try await journal.startRun()
      let changes = try await journal.plan([approve("1")], run: run)
      try await journal.startApplying(run: run)
      var pages = try await journal.audit(AuditFilter())
      try await journal.outcome(.applied, changes[0], run: run)
      #expect(try await pages.next()?.map(\.event.seq) == [2])
      #expect(try await pages.next()?.count == nil)
    }
  }
}
