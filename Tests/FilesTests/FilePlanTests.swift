import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import SpartaJournalTesting
import TestSupport
import Testing

@testable import DynamoJournalFiles

@Suite("A plan from a file") struct FilePlanTests {
  private let backfill = "table: users\nwhere: attribute_not_exists(plan)\nset: plan = 'free', since = $now\n"

  private func users(_ count: Int, _ more: (Int) -> Item = { _ in [:] }) -> [Item] {
    (0..<count).map { number in
      var item: Item = ["id": .string("u\(number)"), "n": .number(Int64(number))]
      for entry in more(number).entries { item[entry.name] = entry.value }
      return item
    }
  }

  @Test("it is applied, undone, applied again, and then finds nothing to do")
  func cycle() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table("users"), users(12) { $0 % 3 == 0 ? ["plan": .string("pro")] : [:] })
      let run = try await harness.cycle(migration(backfill), none, planned: 8) {}
      #expect(harness.counters(of: run)["items"] == 12)
      #expect(harness.counters(of: run)["matched"] == 8)
      #expect(harness.counters(of: run)["changed by 'set'"] == 8)
    }
  }

  @Test("a target that is lost at any write is resumed, forward and backward")
  func lostTarget() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table("users"), users(3))
      try await harness.seed(table("others", key: "email"))
      let text = "table: users\nput:\n  into: others\n  set: email = concat('e', id)\ndeleteItem: true\n"
      try await harness.loseEachWrite(migration(text), none, writes: 3)
    }
  }

  @Test("the same items make the same digest whatever the segments, and a page at a time")
  func digest() async throws {
    var digests: Set<String> = []
    for segments in [1, 3, 16] {
      try await MigrationHarness.use { harness in
        let large = Text(String(repeating: "x", count: 9_000))
        try await harness.seed(table("users"), users(400) { _ in ["text": .string(large)] })
        var file = try migration("table: users\nset: plan = 'free'\nremove: n\n")
        file.segments = segments
        let pages = WatchedStore(harness.store, pageSize: segments == 3 ? 7 : nil)
        let run = try await harness.run(file, none, .dry, on: pages)
        digests.insert(try #require(run.fold.plan?.digest))
        #expect(run.counts.planned == 400)
      }
    }
    #expect(digests.count == 1)
  }

  @Test("a plan that a kill has cut goes on where it was, from the text that the run has kept")
  func interrupted() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table("users"), users(1_200))
      try await harness.seed(table("others", key: "email"))
      let text = "table: users\nput:\n  into: others\n  set: email = concat('e', id)\n"
      let file = try migration(text)
      // The look for what is put comes after a hundred items each: the eighth is not answered.
      let count = Count()
      let lost = WatchedStore(
        harness.store,
        before: { call in
          guard case .items = call, count.next() == 8 else { return }
          throw StoreError(.unavailable, code: "Lost", "the target is lost")
        })
      let run = try await harness.run(file, none, on: lost)
      #expect(run.fold.position.state == .interrupted)
      let kept = try #require(try await harness.journal.definition(of: run.fold.number))
      let captured = try #require(CapturedDefinition(captured: kept))
      #expect(captured == file.captured)
      let end = try await harness.resume(run, FileMigration(captured))
      #expect(end.end == .done)
      #expect(end.counts.planned == 1_200)
      #expect(end.counts.applied == 1_200)
      try await harness.expect("others", count: 1_200)
    }
  }

  @Test("with put, too, a limit ends the reading, and what is there already does not count")
  func limitOfPuts() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table("users"), users(500))
      try await harness.seed(table("others", key: "email"))
      let file = try migration("table: users\nput:\n  into: others\n  set: email = concat('e', id)\n")
      var (seen, places): ([Int], Set<String>) = ([], [])
      for limit in [3, 5, 4] {
        let pages = WatchedStore(harness.store, pageSize: 10)
        let run = try await harness.run(file, Settings(variables: [:], limit: limit), on: pages)
        #expect(run.counts.applied == limit, "\(run.end)")
        seen.append(harness.counters(of: run)["items"] ?? 0)
        for item in try await harness.items(of: "others") { places.insert(item["email"]?.stringValue ?? "") }
      }
      // Each run reads past what is there already, and not a page further than it has to.
      #expect(places.count == 12 && seen.allSatisfy { $0 <= 20 }, "\(seen)")
    }
  }

  @Test("a limit plans so many, and a guard counts the whole table")
  func limit() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table("users"), users(100))
      let text = "table: users\nwhere: n < 5\ndeleteItem: true\nguard: {maxDeleteShare: 0.05}\n"
      let run = try await harness.run(migration(text), Settings(variables: [:], limit: 2), .dry)
      #expect(run.counts.planned == 2)
      let test = try await harness.run(migration(backfill), Settings(variables: [:], testMode: true), .dry)
      #expect(test.counts.planned == 5)
    }
  }

  @Test(
    "a guard allows as much as it says",
    arguments: [
      "where: n < 2\ndeleteItem: true\nguard: {maxDeleteShare: 0.5}", "set: x = 1\nguard: {maxChanges: 4}",
    ])
  func guards(_ text: String) async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table("users"), users(4))
      let run = try await harness.run(migration("table: users\n\(text)\n"), none)
      #expect(run.counts.applied == (text.contains("deleteItem") ? 2 : 4), "\(run.end)")
    }
  }

  @Test("with a limit no page is read before the one in front of it is worked out")
  func readsInTurn() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table("users"), users(100))
      for _ in 0..<20 {
        let count = Count()
        let pages = WatchedStore(
          harness.store, pageSize: 10, before: { if case .scan = $0 { _ = count.next() } })
        let run = try await harness.run(
          migration(backfill), Settings(variables: [:], limit: 12), .dry, on: pages)
        #expect(run.counts.planned == 12)
        #expect(count.next() - 1 == 2)
      }
    }
  }

  static let refusals: [(text: String, sentence: String)] = [
    ("set: n = n\nexpect: n < 3", "item id=u3 of table 'users' would not be as 'expect' says"),
    ("deleteItem: true\nguard: {maxDeleteShare: 0.3}", "would delete 4 of the 4 items of table 'users'"),
    ("set: x = 1\nguard: {maxChanges: 3}", "more than 3 changes"),
    ("set: x = 1\nexpect: n < 3", "item id=u3 of table 'users' would not be as 'expect' says"),
    ("set: x = number(id)", "of table 'users' can't be changed: 'number'"),
    (
      "put: {into: others, set: email = 'same'}",
      "the items id=u0 and id=u1 of table 'users' would both become the item email=same"
    ),
    (
      "put: {into: others, set: email = id}",
      "item id=u1 of table 'users' can't be put into table 'others' as email=u1, where there is another item"
    ),
    ("set: email = substr(id, 2)", "attribute 'email', a key of index 'ByEmail', must not be empty"),
    ("set: email = n", "attribute 'email', a key of index 'ByEmail', must be of type S, not N"),
    (
      "set: big2 = big, big3 = big\nwhere: id = 'u2'",
      "item id=u2 of table 'users' can't be changed: the item would be"
    ),
    ("put: {into: users, set: n = 7}", "would be put under the key that it has"),
    ("put: {into: others}", "key attribute 'email' of table 'others' is missing"),
  ]

  @Test("what must not be applied is not sealed, and nothing is written", arguments: refusals.indices)
  func refused(_ index: Int) async throws {
    let (text, sentence) = Self.refusals[index]
    try await MigrationHarness.use { harness in
      let index = IndexSpec(name: "ByEmail", key: KeySchema(partition: KeyAttribute("email", .string)))
      let big = AttributeValue.string(String(repeating: "y", count: 150_000))
      try await harness.seed(table("users", indexes: [index]), users(4) { $0 == 2 ? ["big": big] : [:] })
      try await harness.seed(
        table("others", key: "email"), [["email": .string("u1"), "foreign": .bool(true)]])
      let found = try await harness.refusedRun(migration("table: users\n\(text)\n"), none)
      #expect(found.contains(sentence), "\(found)")
    }
  }

  static let early: [(text: String, sentence: String)] = [
    ("set: id = 'x'", "x.yaml:2:6: 'id' is part of the table's key"),
    (
      "set: email = 1",
      "x.yaml:2:6: 'email' is a key of index 'ByEmail' of table 'users' and must be of type S, not N"
    ),
    ("set: email = ''", "must not be empty"),
    ("put: {into: nowhere}", "there is no table 'nowhere': correct 'put.into'"),
    (
      "put: {into: others, item: {id: id}}",
      "x.yaml:2:13: table 'others' has the key email:S, and 'put.item' has no 'email'"
    ),
  ]

  @Test("what no item could become is refused before anything is journaled", arguments: early.indices)
  func refusedEarly(_ index: Int) async throws {
    let (text, sentence) = Self.early[index]
    try await MigrationHarness.use { harness in
      let index = IndexSpec(name: "ByEmail", key: KeySchema(partition: KeyAttribute("email", .string)))
      try await harness.seed(table("users", indexes: [index]))
      try await harness.seed(table("others", key: "email"))
      do {
        _ = try await harness.run(migration("table: users\n\(text)\n"), none)
        Issue.record("nothing was refused")
      } catch { #expect("\(error)".contains(sentence), "\(error)") }
      #expect(try await harness.journal.runs().isEmpty)
    }
  }

  @Test("with onError: note an item stays as it is and is named; findings look at every item")
  func notes() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(
        table("users"), users(3) { ["total": .string($0 == 1 ? "oops" : "\($0)")] })
      let text = """
        table: users
        where: attribute_type(total, 'S') AND n < 2
        set: total = number(total)
        onError: note
        note:
          - {where: n = 2, text: look at this one}
        """
      let run = try await harness.run(migration(text), none)
      #expect(run.counts.applied == 1)
      #expect(try await harness.notes(of: run) == ["data failed id=u1", "warning note1 id=u2"])
      #expect(harness.counters(of: run)["left as they are"] == 1)
    }
  }

  @Test("what is put already as it shall be is right already, and the rest of its unit is still done")
  func rightAlready() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table("users"), users(2))
      try await harness.seed(
        table("others", key: "email"),
        [["email": .string("u0"), "id": .string("u0"), "n": .number(0)]])
      let text = "table: users\nput: {into: others, set: email = id}\ndeleteItem: true\n"
      let run = try await harness.run(migration(text), none)
      #expect(run.counts.applied == 3)
      try await harness.expect("users", count: 0)
      try await harness.expect("others", count: 2)
    }
  }

  @Test("in one table an item is re-keyed, and one that has its new key is right already")
  func sameTable() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(table("users"), users(3))
      let text =
        "table: users\nput:\n  into: users\n  set: id = concat('user#', replace(id, 'user#', ''))\ndeleteItem: true\n"
      _ = try await harness.cycle(migration(text), none, planned: 6) {}
    }
  }

  @Test("an item of a file is written as braces, as keys, as JSON or as one expression")
  func items() async throws {
    let forms = [
      "  item: {key: id, city: 'a, b', list: [n, {x: concat('p', id)}]}",
      "  item:\n    key: id\n    city: 'a, b'\n    list:\n      - n\n      - x: concat('p', id)",
      "  item: \"{key: id, city: 'a, b', list: [n, {x: concat('p', id)}]}\"",
      "  item: {\"key\": \"id\", \"city\": \"'a, b'\", \"list\": [\"n\", {\"x\": \"concat('p', id)\"}]}",
    ]
    for form in forms {
      try await MigrationHarness.use { harness in
        try await harness.seed(table("users"), users(1))
        try await harness.seed(table("others", key: "key"))
        _ = try await harness.run(migration("table: users\nput:\n  into: others\n\(form)\n"), none)
        try await harness.expect(
          "others",
          holds: [
            [
              "key": .string("u0"), "city": .string("a, b"),
              "list": .list([.number(0), .map(["x": .string("pu0")])]),
            ]
          ])
      }
    }
  }
}
