import DynamoJournalJSON
import DynamoJournalTables

/// An object of JSON that is written member by member, items in their own form.
struct RequestBody {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  /// An object without members.
  init() {}

  /// An object that begins with the table's name.
  init(table: String) { add("TableName", .string(table)) }

  /// Adds a member.
  mutating func add(_ name: String, _ value: JSONValue) {
    begin(name)
    JSONWriter.append(value, to: &bytes)
  }

  /// Adds a member that is an item or a key.
  mutating func add(_ name: String, item: Item) {
    begin(name)
    DynamoDBJSON.append(item, to: &bytes)
  }

  /// Adds a member that is an attribute's value.
  mutating func add(_ name: String, value: AttributeValue) {
    begin(name)
    DynamoDBJSON.append(value, to: &bytes)
  }

  /// Adds a member whose value is JSON already.
  mutating func add(_ name: String, raw: [UInt8]) {
    begin(name)
    bytes += raw
  }

  /// Adds a member that is an array of what is JSON already.
  mutating func add(_ name: String, elements: [[UInt8]]) {
    begin(name)
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += element
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// Adds the members of a scan's filter.
  mutating func add(_ filter: ScanFilter) {
    add("FilterExpression", .string(filter.expression))
    var names = RequestBody()
    for name in filter.names { names.add(name.placeholder, .string(name.name.string)) }
    add("ExpressionAttributeNames", raw: names.finished)
    guard !filter.values.isEmpty else { return }
    var values = RequestBody()
    for value in filter.values { values.add(value.placeholder, value: value.value) }
    add("ExpressionAttributeValues", raw: values.finished)
  }

  /// The whole object.
  var finished: [UInt8] { bytes + [UInt8(ascii: "}")] }

  private mutating func begin(_ name: String) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    JSONWriter.appendString(name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
  }
}
