import Foundation
import DynamoJournalEvents
import DynamoJournalPrograms
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("A plan from a file of images") struct ImagesTests {
  private func file(_ trial: ProgramTrial, _ lines: [String]) throws -> ImagesMigration {
    let path = trial.folder + "/images.jsonl"
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    return ImagesMigration(path: path)
  }

  private func line(_ number: Int, before: String? = nil, after: String) -> String {
    let id = String(100_000 + number).dropFirst()
    let image = before.map { #""before":\#($0),"# } ?? ""
    return #"{"table":"users","key":{"id":{"S":"u\#(id)"}},\#(image)"after":\#(after)}"#
  }

  @Test("creates, updates, deletes, goes back to the byte, and goes on from the journal alone")
  func cycle() async throws {
    try await ProgramTrial.use(users: 5) { trial in
      let right = DynamoDBJSON.text(ProgramTrial.user(4))
      let migration = try file(
        trial,
        [
          line(1, after: #"{"id":{"S":"u00001"},"email":{"S":"new"}}"#), line(2, after: "null"),
          line(9, after: #"{"id":{"S":"u00009"}}"#), line(4, after: right), "",
          line(
            5, before: #"{"id":{"S":"u00005"},"email":{"S":"other"}}"#,
            after: #"{"id":{"S":"u00005"},"email":{"S":"x"}}"#),
        ])
      let start = try await trial.harness.dump()
      let dry = try await trial.harness.run(migration, ProgramTrial.settings, RunRequest.dry)
      #expect(dry.fold.position.state == .planned, "\(dry.end)")
      #expect(dry.counts.planned == 4)
      #expect(
        trial.harness.counters(of: dry) == ["lines": 5, "right already": 1, "differs from the table": 1])
      let applied = try await trial.harness.resume(dry, ImagesMigration(path: nil))
      #expect(applied.counts.applied == 3 && applied.end == .incomplete)
      try await trial.harness.expect("users", count: 5)
      _ = try await trial.harness.rollBack(applied)
      #expect(try await trial.harness.dump() == start)
    }
  }

  @Test("an interrupted planning goes on from the captured text")
  func resumed() async throws {
    try await ProgramTrial.use(users: 2_000) { trial in
      let migration = try file(trial, (1...2_000).map { line($0, after: "null") })
      let whole = try await trial.harness.run(migration, ProgramTrial.settings, RunRequest.dry)
      let reads = Count()
      let lost = WatchedStore(
        trial.harness.store,
        before: { call in
          if case .items = call, reads.next() == 15 { throw StoreError(.unavailable, code: "Lost", "lost") }
        })
      let cut = try await trial.harness.run(migration, ProgramTrial.settings, RunRequest.dry, on: lost)
      #expect(cut.fold.position.state == .interrupted)
      try FileManager.default.removeItem(atPath: trial.folder + "/images.jsonl")
      let resumed = try await trial.harness.resume(cut, ImagesMigration(path: nil))
      #expect(resumed.fold.plan?.digest == whole.fold.plan?.digest, "\(resumed.end)")
    }
  }

  static let wrong: [(lines: [String], words: String)] = [
    (
      [
        #"{"table":"users","key":{"id":{"S":"a"}},"after":null}"#,
        #"{"table":"users","key":{"id":{"S":"a"}},"after":null}"#,
      ],
      "line 2: the item id=a of table 'users' stands in line 1 already"
    ),
    (
      [#"{"table":"users","key":{"id":{"S":"a"}},"after":{"id":{"S":"b"}}}"#],
      "line 1: the key and an image of id=a disagree"
    ),
    ([#"{"table":"nowhere","key":{"id":{"S":"a"}},"after":null}"#], "line 1: there is no table 'nowhere'"),
    ([#"{"table":"users","key":{"id":{"N":"1"}},"after":null}"#], "must be of type S"),
    ([#"{"table":"users","key":{"id":"a"},"after":null}"#], "line 1: 'key' is not DynamoDB JSON"),
    ([#"{"table":"users","key":{"id":{"S":"a"}}}"#], "line 1: it has no 'after'"),
    (["id,email", "a,b"], "is CSV"), (["$ion_1_0"], "is Amazon Ion"),
    (["{"], "line 1: it is not a JSON object"),
    (["[{}]"], "is a JSON array"),
  ]

  @Test("what can't be planned is named with its line", arguments: wrong.indices)
  func refused(_ index: Int) async throws {
    try await ProgramTrial.use(users: 1) { trial in
      let sentence = try await trial.harness.refusedRun(
        try file(trial, Self.wrong[index].lines), ProgramTrial.settings)
      #expect(sentence.contains(Self.wrong[index].words), "\(sentence)")
    }
  }
}
