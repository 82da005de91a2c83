import SpartaJournal

/// Reads the entries of a reply that was found whole, one at a time.
struct HistoryReader {
  private enum Place { case betweenValidators, inValidator, inHistory, atEnd }

  private var reader: JSONReader
  /// The slots of each validator so far; nil where none can come twice.
  private let seen: LookupTable?
  private let limit: Int?
  private var place = Place.betweenValidators
  private var validator = ""
  private var entries = 0
  /// How many validators were begun.
  private(set) var validators = 0

  /// - Parameter reader: stands behind the beginning of the object of validators.
  init(_ reader: JSONReader, seen: LookupTable?, limit: Int?) {
    self.reader = reader
    self.seen = seen
    self.limit = limit
  }

  /// The next entry, or nil at the end.
  mutating func next() throws -> HistoryEntry? {
    while place != .atEnd {
      switch place {
      case .betweenValidators: try beginValidator()
      case .inValidator: try findHistory()
      case .inHistory:
        if let value = try reader.nextElement() { return try entry(value) }
        place = .inValidator
      case .atEnd: break
      }
    }
    return nil
  }

  private mutating func beginValidator() throws {
    guard limit.map({ validators < $0 }) ?? true, case .name(let name)? = try reader.next() else {
      place = .atEnd
      return
    }
    validators += 1
    entries = 0
    validator = name
    _ = try reader.next()
    place = .inValidator
  }

  private mutating func findHistory() throws {
    while case .name(let name)? = try reader.next() {
      guard name == "history" else {
        try reader.skipValue()
        continue
      }
      guard try reader.next() == .beginArray else { continue }
      place = .inHistory
      return
    }
    place = .betweenValidators
  }

  private mutating func entry(_ value: JSONValue) throws -> HistoryEntry {
    entries += 1
    var entry = HistoryEntry(value, of: validator, number: entries)
    if entry.flaw == nil, let seen, let slot = entry.slot, try !seen.add("\(slot) \(validator)", "") {
      entry.flaw = .repeatedSlot
    }
    return entry
  }
}
