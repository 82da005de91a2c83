import DynamoJournalExpressions
import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// Makes changes of answers: diffs, checks and plans them, in the order of the items.
final class ProgramChanges {
  private let definition: ProgramDefinition
  private let planner: Planner
  private let table: TableDescription
  private let reads: ProgramReads
  private let bindings: ExpressionBindings
  /// Who changes an item, by table and key: no two items may.
  private let owners: LookupTable

  init(
    _ definition: ProgramDefinition, _ planner: Planner, _ table: TableDescription, _ reads: ProgramReads,
    _ bindings: ExpressionBindings
  ) async throws {
    (self.definition, self.planner, self.table) = (definition, planner, table)
    (self.reads, self.bindings) = (reads, bindings)
    owners = try planner.lookupTable()
    try await planner.forEachPlanned { [owners] change in
      try owners.set(Self.name(change.table, change.key), "an earlier item")
    }
  }

  private static func name(_ table: String, _ key: Key) -> String {
    table + "\n" + DynamoDBJSON.text(key.attributes)
  }

  /// Plans the answers, until the limit is reached.
  func plan(_ entries: [ProgramWindow.Entry], _ step: PlanStep, _ stepName: String) async throws {
    let images = try await images(entries)
    for (entry, also) in zip(entries, images) {
      if planner.isFull { return }
      try plan(entry, also, step)
      try await planner.reached(stepName, entry.key)
    }
  }

  /// An image in a table, with its key and the item that is there.
  private struct Image {
    let table: TableDescription
    let key: Key
    var before: Item?
    let after: Item?
  }

  // MARK: What else an answer changes

  /// The images under `also` of each answer, with what is in the tables: one read a table for all of them.
  private func images(_ entries: [ProgramWindow.Entry]) async throws -> [[Image]] {
    var images: [[Image]] = []
    for entry in entries {
      var row: [Image] = []
      for also in entry.answer?.also ?? [] { row.append(try await image(also, entry.key.description)) }
      images.append(row)
    }
    let all = images.indices.flatMap { row in images[row].indices.map { (row, $0) } }
    for (name, places) in Dictionary(grouping: all, by: { images[$0.0][$0.1].table.spec.name }) {
      let found = try await planner.tables.items(places.map { images[$0.0][$0.1].key }, in: name)
      for (place, item) in zip(places, found) { images[place.0][place.1].before = item }
    }
    return images
  }

  private func image(_ also: ProgramAnswer.Also, _ about: String) async throws -> Image {
    let table = try await reads.description(of: also.table, about)
    let spec = table.spec
    guard let after = also.after else {
      guard let key = also.key else {
        throw bad(about, "'also' with 'after': null needs the 'key' of the item that goes")
      }
      try checked(about) { () throws(StoreError) in
        try Validation.check(Key(key), of: spec.key, in: spec.name)
      }
      return Image(table: table, key: Key(key), after: nil)
    }
    try checked(about) { () throws(StoreError) in _ = try Validation.check(after, in: spec) }
    guard let key = spec.key.key(of: after) else { throw bad(about, "an image under 'also' has no key") }
    if let given = also.key, Key(given) != key {
      throw bad(
        about, "'key' and 'after' under 'also' disagree: give the key of the image, or leave 'key' out")
    }
    return Image(table: table, key: key, after: after)
  }

  // MARK: One answer

  private func plan(_ entry: ProgramWindow.Entry, _ also: [Image], _ step: PlanStep) throws {
    guard let answer = entry.answer else { return }
    try note(entry, step)
    guard entry.isAsked else { return }
    step.count("items")
    try note(answer, entry, step)
    if answer.error != nil { return }
    var changes: [Change] = []
    for image in also {
      if let after = image.after, image.table.spec.name == table.spec.name {
        try checkExpectation(after, entry.key.description, of: "an item under 'also'")
      }
      try own(image.table.spec.name, image.key, entry)
      if let change = Change.between(image.table.spec, image.key, image.before, image.after) {
        changes.append(change)
      }
    }
    if let change = try own(entry, answer) {
      try own(change.table, change.key, entry)
      changes.append(change)
    }
    if changes.isEmpty { return step.count("unchanged") }
    step.plan(changes)
  }

  private func note(_ entry: ProgramWindow.Entry, _ step: PlanStep) throws {
    for finding in entry.findings {
      step.count("noted")
      try step.note(
        finding.category, finding.code, table: table.spec.name, key: entry.key, finding.message)
    }
  }

  private func note(_ answer: ProgramAnswer, _ entry: ProgramWindow.Entry, _ step: PlanStep) throws {
    for note in answer.notes {
      step.count("noted")
      try step.note(.data, note.code, table: table.spec.name, key: entry.key, note.message)
    }
    guard let error = answer.error else { return }
    guard definition.onError == .note else {
      throw ProgramFault.reported(key: entry.key.description, message: error)
    }
    step.count("errors", if: .failures)
    try step.note(.data, "programError", table: table.spec.name, key: entry.key, error)
  }

  /// The change of the item itself.
  private func own(_ entry: ProgramWindow.Entry, _ answer: ProgramAnswer) throws -> Change? {
    let (spec, about) = (table.spec, entry.key.description)
    switch answer.after {
    case .unchanged:
      try checkExpectation(entry.item, about, of: "the item, which stays as it is")
      return nil
    case .deleted: return Change.between(spec, entry.key, entry.item, nil)
    case .image(let after):
      try checked(about) { () throws(StoreError) in _ = try Validation.check(after, in: spec) }
      guard spec.key.key(of: after) == entry.key else {
        throw bad(
          about,
          #"it has another key (\#(spec.key)): answer "after": null and give the new item under "also""#)
      }
      try checkExpectation(after, about)
      return Change.between(spec, entry.key, entry.item, after)
    }
  }

  private func checkExpectation(
    _ after: Item, _ about: String, of what: String = "the item after it"
  ) throws {
    guard let expect = definition.expect else { return }
    let holds: Bool
    do { holds = try expect.holds(for: after, bindings) } catch {
      throw bad(about, "'expect' can't be held against \(what) (\(error))")
    }
    guard holds else {
      throw bad(about, "'expect' does not hold for \(what) (\(expect.source.text))")
    }
  }

  /// No two items of the plan may change one.
  private func own(_ table: String, _ key: Key, _ entry: ProgramWindow.Entry) throws {
    let (name, about) = (Self.name(table, key), entry.key.description)
    if try owners.add(name, about) { return }
    let other = try owners.value(name) ?? "another item"
    throw bad(
      about,
      "\(key) of table '\(table)' is changed by \(other == about ? "it" : other) already: an item is changed once"
    )
  }

  private func checked(_ about: String, _ body: () throws(StoreError) -> Void) throws {
    do { try body() } catch { throw bad(about, error.message) }
  }

  private func bad(_ about: String, _ reason: String) -> ProgramFault {
    .badAnswer(key: about, reason: reason)
  }
}
