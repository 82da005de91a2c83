import Foundation
import DynamoJournalSQLite
import TestSupport
import Testing

@testable import DynamoJournalEvents

/// Whoever has the file in hand can write any number into it. Nothing may crash by it, or keep memory by it.
@Suite("Numbers that no journal has")
struct CraftedNumberTests {
  /// A run with a failure, a note and a rollback that has begun, so that every reader meets every kind of number.
  private static let bytes = Task { try await withTemporaryFolder(make) }

  private static func make(_ folder: String) async throws -> Data {
    let path = folder + "/journal.sqlite"
    do { try await write(path) }
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private func sample(_ folder: String) async throws -> String {
    let path = folder + "/journal-\(UUID().uuidString).sqlite"
    try await Self.bytes.value.write(to: URL(fileURLWithPath: path))
    return path
  }

  private static func write(_ path: String) async throws {
    let journal = try Journal(path: path, for: .append(JournalSample.actor))
    let run = try await journal.begin()
    try await journal.append(
      [EventDraft(.note, NoteDetail(category: .data, code: "c", message: "m"))], run: run)
    let sealed = try await journal.plan(Draft.many(3), run: run)
    try await journal.append(
      [EventDraft(.applyStarted, ApplyStartedDetail(confirmedBy: "--yes", digest: sealed.digest))], run: run)
    let changes = try await journal.planned(of: run, after: run, limit: 3).map { try $0.change() }
    try await journal.append(
      [
        .outcome(.applied, of: changes[0]),
        .outcome(.failed, of: changes[1], OutcomeDetail(code: "conflict")),
        .outcome(.applied, of: changes[2]),
      ], run: run)
    try await journal.finish(.incomplete, run)
  }

  /// Reads everything there is to read; each answer is one, or a refusal in words.
  private func read(_ path: String) async throws -> [String] {
    var refusals: [String] = []
    func attempt(_ body: (Journal) async throws -> Void) async {
      do { try await body(try Journal(path: path, for: .read)) } catch let error as JournalError {
        refusals.append("\(error)")
      } catch { Issue.record("not one of the journal's errors: \(error)") }
    }
    await attempt { _ = try await $0.run(1) }
    await attempt { _ = try await $0.runs() }
    await attempt { _ = try await $0.changeStates(of: 1) }
    await attempt { _ = try await $0.changeStates(of: 1, ifItDiedNow: true).inDoubt.count }
    await attempt { journal in
      for group in try await journal.failures(of: 1) { _ = try await journal.failedChanges(of: group) }
    }
    await attempt { _ = try await $0.notes(of: 1) }
    await attempt { _ = try await $0.noteTallies(of: 1) }
    await attempt { for try await _ in try await $0.audit(AuditFilter()) {} }
    await attempt { _ = try await $0.planned(of: 1, after: 1, limit: 10).map { try $0.change() } }
    await attempt { _ = try await $0.rows(of: 1) }
    await attempt { _ = try await $0.verify() }
    return refusals
  }

  private static let numbers: [Int64] = [-7, -1, 0, 1 << 31, 1 << 45, .max, .min]

  static let columns: [(String, Int64)] = ["change", "unit", "stage", "planned", "at", "run", "actor", "seq"]
    .flatMap { name in numbers.map { (name, $0) } }

  @Test(
    "an interruption that names changes that no plan has, or more than memory holds, is about those that there are",
    arguments: [[2, 999_999_999_999_999], [0, 2], [2, 2], [2, 4]])
  func unanswered(changes: [Int]) async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: folder + "/journal.sqlite", for: .append(JournalSample.actor))
      let run = try await journal.begin()
      let sealed = try await journal.plan(Draft.many(3), run: run)
      let cut = InterruptedDetail(cause: .signal, drained: false, message: "m", unanswered: changes)
      try await journal.append(
        [
          EventDraft(.applyStarted, ApplyStartedDetail(confirmedBy: "--yes", digest: sealed.digest)),
          EventDraft(.interrupted, cut),
        ], run: run)
      #expect(Array(try await journal.changeStates(of: run).inDoubt) == [2])
    }
  }

  @Test("in a column are refused in words, by every reader", arguments: columns)
  func column(column: (name: String, value: Int64)) async throws {
    try await withTemporaryFolder { folder in
      // A planned change, an outcome, and an event of the run.
      for event in [4, 9, 7] where !(column.name == "seq" && event == 4) {
        let path = try await sample(folder)
        try JournalSample.withoutTriggers(path) {
          try $0.execute("PRAGMA ignore_check_constraints = ON")
          try $0.execute("PRAGMA foreign_keys = OFF")
          try $0.execute("UPDATE events SET \(column.name) = \(column.value) WHERE seq = \(event)")
        }
        let refusals = try await read(path)
        #expect(!refusals.isEmpty, "at least verifying finds it")
        #expect(refusals.allSatisfy { $0.contains("event") || $0.contains("sparta-journal") }, "\(refusals)")
      }
    }
  }

  private static let texts = [
    "-7", "-1", "1e400", "1e18", "9223372036854775807", "9223372036854775808", "35184372088832", "0.5e99",
    String(repeating: "9", count: 400), "-" + String(repeating: "9", count: 400), "null", "\"x\"", "[]",
  ]

  static let details: [(event: Int, member: String, text: String)] =
    [
      (6, #""changes":3"#), (6, #""units":3"#), (6, #""updates":3"#), (6, #""firstChange":1"#),
      (6, #""stage":1"#),
      (11, #""planned":0"#), (11, #""applied":0"#), (11, #""inDoubt":0"#), (1, #""version":1"#),
    ].flatMap { event, member in texts.map { (event, member, $0) } }

  @Test("in a detail are refused in words, by every reader", arguments: details)
  func detail(detail: (event: Int, member: String, text: String)) async throws {
    try await withTemporaryFolder { folder in
      let path = try await sample(folder)
      let name = detail.member.prefix { $0 != ":" }
      let sql =
        "UPDATE events SET detail = replace(detail, '\(detail.member)', '\(name):\(detail.text)') WHERE seq = \(detail.event)"
      try Forger.edit(path, sql)
      let refusals = try await read(path)
      #expect(!refusals.isEmpty, "at least verifying finds it")
      // A journal whose chain was taken anew with such numbers is no better.
      try Forger.rewrite(path, sql)
      _ = try await read(path)
    }
  }

  @Test(
    "of an event that was overwritten, and of an outcome, are refused when it is looked up",
    arguments: [-1, 0, 99, Int64.max])
  func references(event: Int64) async throws {
    try await withTemporaryFolder { folder in
      let journal = try Journal(path: try await sample(folder), for: .read)
      await #expect(throws: JournalError.self) { try await journal.overwriting(event, of: Draft.change(1)) }
    }
  }
}
