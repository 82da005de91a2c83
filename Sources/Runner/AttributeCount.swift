import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalTables

/// Counts, while a plan is made, which attributes its changes touch.
struct AttributeCount {
  /// Names that a table's items are counted by; items that have names for data would fill the memory.
  private static let countedNames = 100

  private var tables: [String: [Text?: AttributeTally]] = [:]

  /// Goes on from what was counted before.
  init(_ tallies: [PlanTally]) {
    for tally in tallies {
      for attribute in tally.attributes ?? [] {
        tables[tally.table, default: [:]][attribute.name.map { Text($0) }] = attribute
      }
    }
  }

  /// Counts a unit: its updates, and the item that it moves to another key.
  mutating func add(_ unit: [IntendedChange]) {
    var created: [Change] = []
    var deleted: [Change] = []
    for case .item(let change) in unit {
      switch change.kind {
      case .update: compare(change.before, change.after, in: change.table)
      case .create: created.append(change)
      case .delete: deleted.append(change)
      }
    }
    if created.count == 1, deleted.count == 1 {
      compare(deleted[0].before, created[0].after, in: created[0].table)
    }
  }

  /// Counts an update whose images are written already.
  mutating func add(_ change: EncodedChange) throws {
    guard let before = change.before.map(EncodedImage.init), let after = change.after.map(EncodedImage.init)
    else { return }
    for (name, old) in before.attributes {
      let new = after.value(of: name)
      if new == old { continue }
      count(try Self.text(name), in: change.table) {
        if new == nil { $0.removed += 1 } else { $0.changed += 1 }
      }
    }
    for (name, _) in after.attributes where before.value(of: name) == nil {
      count(try Self.text(name), in: change.table) { $0.added += 1 }
    }
  }

  private static func text(_ name: ArraySlice<UInt8>) throws -> Text {
    guard name.contains(UInt8(ascii: "\\")) else { return Text(String(decoding: name, as: UTF8.self)) }
    let quote = [UInt8(ascii: "\"")]
    return Text(try JSONValue(parsing: quote + name + quote).stringValue ?? "")
  }

  /// The tallies with the attributes of each table, sorted by name.
  func adding(to tallies: [PlanTally]) -> [PlanTally] {
    tallies.map { tally in
      var tally = tally
      tally.attributes = tables[tally.table].map { names in
        names.sorted { ($0.key ?? "") < ($1.key ?? "") }.map(\.value)
      }
      return tally
    }
  }

  private mutating func compare(_ before: Item?, _ after: Item?, in table: String) {
    for name in before?.names ?? [] {
      guard let new = after?[name] else {
        count(name, in: table) { $0.removed += 1 }
        continue
      }
      if before?[name] != new { count(name, in: table) { $0.changed += 1 } }
    }
    for name in after?.names ?? [] where before?[name] == nil {
      count(name, in: table) { $0.added += 1 }
    }
  }

  private mutating func count(_ name: Text, in table: String, _ add: (inout AttributeTally) -> Void) {
    let hasRoom = tables[table]?[name] != nil || (tables[table]?.count ?? 0) < Self.countedNames
    let counted: Text? = hasRoom ? name : nil
    add(&tables[table, default: [:]][counted, default: AttributeTally(name: counted?.string)])
  }
}
