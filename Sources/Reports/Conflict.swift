import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// What an item was found to be in place of what was expected.
///
/// Names of attributes only; values are asked for apart.
struct FoundItem {
  /// The item, or nil when there was none.
  let item: Item?
  /// The item as canonical DynamoDB JSON; `null` when there was none.
  let json: [UInt8]
  /// The attributes that differ from what was expected, sorted; those of the expected image when the item is gone.
  let differing: [Text]
  /// What was expected.
  private let expected: Item?
  /// What was to be written in its place.
  private let wanted: Item?

  /// - Parameters:
  ///   - image: what was expected: `before` when applying, `after` when undoing.
  ///   - wanted: what was to be written.
  init(_ item: Item?, expected image: Item?, wanted: Item? = nil, of change: Change) {
    self.item = item
    expected = image
    self.wanted = wanted
    json = item.map(DynamoDBJSON.bytes) ?? Array("null".utf8)
    let candidates =
      change.kind == .update ? change.touched : Set((image?.names ?? []) + (item?.names ?? [])).sorted()
    differing = candidates.filter { item?[$0] != image?[$0] }
  }

  /// What a failed change found; nil when nothing was journaled, or for a change of a table.
  ///
  /// - Throws: `JournalError.damaged`
  init?(_ failed: FailedChange) throws {
    guard let text = failed.detail.found, case .item(let change) = try failed.planned.change().intended else {
      return nil
    }
    do {
      let item = text == "null" ? nil : try DynamoDBJSON.item(from: Array(text.utf8))
      let isUndoing = failed.detail.undoing == true
      self.init(
        item, expected: isUndoing ? change.after : change.before,
        wanted: isUndoing ? change.before : change.after, of: change)
    } catch {
      throw JournalError.damaged(event: failed.seq, reason: "the item that it found can't be read")
    }
  }

  /// `the item is gone`, `there is an item`, or the attributes that differ.
  func text(showValues: Bool) -> String {
    guard let item else { return "found: no item" }
    let names = differing.map { name in
      guard showValues else { return Printable.text(name.string) }
      return Printable.text(name.string) + " = " + (item[name].map { Printable.value($0) } ?? "(none)")
    }
    return "found: an item that differs in " + names.joined(separator: ", ")
  }

  /// What was before, what was wanted and what was found, of the attributes that differ; the last alone where values are not shown.
  func cells(showValues: Bool) -> [String] {
    guard showValues else {
      let text = text(showValues: false)
      return [text.hasPrefix("found: ") ? String(text.dropFirst(7)) : text]
    }
    func values(_ image: Item?) -> String {
      guard let image else { return "no item" }
      return differing.map { name in
        Printable.text(name.string) + " = " + (image[name].map { Printable.value($0) } ?? "(none)")
      }.joined(separator: ", ")
    }
    return [values(expected), values(wanted), values(item)]
  }

  /// The same, a line each.
  func lines(showValues: Bool) -> [String] {
    guard showValues else { return [text(showValues: false)] }
    return zip(["before", "wanted", "found"], cells(showValues: true)).map { "\($0): \($1)" }
  }

  /// `{"exists": true, "differs": ["isApproved"], "item": …}`; the item itself only where values are asked for.
  func json(showValues: Bool) -> [UInt8] {
    var object = ObjectWriter()
    object.add("exists", .bool(item != nil))
    object.add("differs", .array(differing.map { .string($0.string) }))
    if showValues { object.add("item", raw: json) }
    return Array(object.finish().utf8)
  }
}
