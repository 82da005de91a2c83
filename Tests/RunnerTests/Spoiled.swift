import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

/// A run of toys whose items somebody else changes after it was applied.
struct Spoiled: Sendable, CustomTestStringConvertible {
  let toy: Toy
  /// What somebody writes, by table; each value has a mark of its own.
  let writes: [String: [Item]]

  var testDescription: String { toy.name }

  /// The marks.
  var marks: [String] { writes.values.joined().compactMap { $0["mark"]?.stringValue }.sorted() }

  private static func item(_ number: Int, _ more: Item) -> Item {
    var item = Toy.item(number)
    for name in more.names { item[name] = more[name] }
    return item
  }

  static let all = [
    // Updates that meet another value.
    Spoiled(
      toy: .addsAttribute,
      writes: [
        "toys": [1, 4].map { item($0, ["colour": .string("mine-\($0)"), "mark": .string("mine-\($0)")]) }
      ]),
    // A deletion that meets a new item, and a creation that meets another one: units of two changes.
    Spoiled(
      toy: .movesItems,
      writes: [
        "toys": [["id": .string(Toy.id(1)), "mark": .string("mine-1")]],
        "boxes": [["id": .string(Toy.id(4)), "mark": .string("mine-4")]],
      ]),
    // The last of several changes of one item.
    Spoiled(
      toy: .changesItemsInThreeStages,
      writes: [
        "toys": [1, 4].map { item($0, ["state": .string("mine-\($0)"), "mark": .string("mine-\($0)")]) }
      ]),
    Spoiled(
      toy: .countsUp(4),
      writes: [
        "toys": [0, 2].map { item($0, ["step": .string("mine-\($0)"), "mark": .string("mine-\($0)")]) }
      ]),
    // In a table that is deleted once it is empty.
    Spoiled(
      toy: .createsTableThenItems, writes: ["boxes": [["id": .string(Toy.id(4)), "mark": .string("mine-4")]]]),
  ]

  /// Applies the run to so many toys, and lets somebody else write.
  func apply(_ bench: Workbench, _ count: Int = 8) async throws {
    try await Toy.fill(bench.tables, count, withBoxes: toy.name != "03_creates_table")
    #expect(try await bench.run(toy).end == .done)
    for (table, items) in writes { try await bench.tables.put(items, into: table) }
  }

  /// Each value of somebody else is in the tables, or the journal has its image: never in neither.
  func nothingIsLost(_ bench: Workbench) async throws {
    let contents = try await bench.contents().joined(separator: "\n")
    let images = try await bench.overwritten().joined(separator: "\n")
    for mark in marks {
      let value = #"{"S":"\#(mark)"}"#
      // The mark beside the value is what an update does not touch.
      let stands = contents.components(of: value) == writesOf(mark)
      #expect(stands || images.contains(value), "\(toy.name): \(mark) is nowhere")
    }
  }

  private func writesOf(_ mark: String) -> Int {
    writes.values.joined().reduce(0) { count, item in
      count + item.names.count { item[$0]?.stringValue == mark }
    }
  }
}

extension AttributeMap {
  /// The same with a text of that name.
  func with(_ name: Text, _ text: String) -> AttributeMap {
    var copy = self
    copy[name] = .string(text)
    return copy
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}

extension Workbench {
  /// The images that stand in the journal since they were about to be written over.
  func overwritten() async throws -> [String] {
    var filter = AuditFilter()
    filter.event = .overwriting
    var images: [String] = []
    for try await page in try await journal.audit(filter) {
      images += page.map { String(decoding: $0.before ?? [], as: UTF8.self) }
    }
    return images
  }

  func redo(_ policy: ConflictPolicy = .stop, run: String = "latest") async throws -> RunResult {
    try await Redo(environment, policy: policy).run(journal.run(named: run).handle).result
  }

  /// What the embedded store and the journal say of a rollback, once every run of the journal is at its end.
  func verified() async throws { _ = try await journal.verify() }
}
