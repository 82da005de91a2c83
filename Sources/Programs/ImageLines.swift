import DynamoJournalEvents
import DynamoJournalRunner
import DynamoJournalTables

/// The lines of a captured file: read and checked one by one, planned in batches.
final class ImageLines {
  /// A line that was checked.
  struct Checked {
    let number: Int
    let line: ImageLine
    let spec: TableSpec
    let key: Key
  }

  private let planner: Planner
  /// Whether an item that is there already stays as it is.
  private let keepsExisting: Bool
  private var lines: PieceLines
  private var specs: [String: TableSpec] = [:]
  /// The numbers of the lines by table and key.
  private let seen: LookupTable

  /// What a plan counts: items that are what the file says.
  static let rightAlready = "right already"
  /// What a plan counts: items that are there and stay as they are.
  static let keptAsTheyAre = "kept as they are"

  init(_ pieces: @escaping () throws -> [UInt8]?, _ planner: Planner, keepsExisting: Bool = false) throws {
    (self.planner, lines, self.keepsExisting) = (planner, PieceLines(pieces), keepsExisting)
    seen = try planner.lookupTable()
  }

  /// The next line, read; nil after the last.
  func next() throws -> (number: Int, line: ImageLine)? {
    guard let bytes = try lines.next() else { return nil }
    let number = lines.number
    do {
      let line = try ImageLine(line: bytes)
      let name = line.table + "\n" + DynamoDBJSON.text(line.key)
      guard try seen.add(name, String(number)) else {
        let first = try seen.value(name) ?? "?"
        throw refusal(
          number,
          "the item \(Key(line.key)) of table '\(line.table)' stands in line \(first) already: keep one")
      }
      return (number, line)
    } catch let error as ImageLineError { throw refusal(number, error.description) }
  }

  /// Plans lines that were read, one unit each.
  func plan(_ batch: [(number: Int, line: ImageLine)], _ step: PlanStep) async throws {
    var checked: [Checked] = []
    for (number, line) in batch { checked.append(try await check(number, line)) }
    let found = try await items(checked)
    for (line, item) in zip(checked, found) where !step.isFull { plan(line, item, step) }
  }

  private func plan(_ line: Checked, _ found: Item?, _ step: PlanStep) {
    let after = line.line.after
    step.count("lines")
    if found == after { return step.count(Self.rightAlready) }
    if keepsExisting && found != nil { return step.count(Self.keptAsTheyAre) }
    let before = line.line.hasBefore ? line.line.before : found
    guard let change = Change.between(line.spec, line.key, before, after) else {
      return step.count("asks for no change")
    }
    if !change.matches(found, image: change.before) { step.count("differs from the table") }
    step.plan([change])
  }

  /// What is in the tables, in the order of the lines.
  private func items(_ lines: [Checked]) async throws -> [Item?] {
    var found = [Item?](repeating: nil, count: lines.count)
    for (table, places) in Dictionary(grouping: lines.indices, by: { lines[$0].spec.name }) {
      let items = try await planner.tables.items(places.map { lines[$0].key }, in: table)
      for (place, item) in zip(places, items) { found[place] = item }
    }
    return found
  }

  // MARK: Checks

  private func check(_ number: Int, _ line: ImageLine) async throws -> Checked {
    let spec = try await spec(number, line.table)
    let key = Key(line.key)
    do {
      try Validation.check(key, of: spec.key, in: spec.name)
      for image in [line.before, line.after].compactMap({ $0 }) {
        _ = try Validation.check(image, in: spec)
        guard spec.key.key(of: image) == key else {
          throw refusal(
            number, "the key and an image of \(key) disagree: an image is the whole item, its key included")
        }
      }
    } catch let error as StoreError { throw refusal(number, error.message) }
    return Checked(number: number, line: line, spec: spec, key: key)
  }

  private func spec(_ number: Int, _ table: String) async throws -> TableSpec {
    if let known = specs[table] { return known }
    let isName = (try? Validation.check(name: table, of: .table)) != nil
    guard isName, let found = try await planner.tables.describe(table) else {
      throw refusal(
        number,
        await planner.tables.missing(String(table.prefix(255)), remedy: "name another, or create it")
          .description)
    }
    specs[table] = found.spec
    return found.spec
  }

  private func refusal(_ number: Int, _ reason: String) -> Refusal { Refusal("line \(number): \(reason)") }
}
