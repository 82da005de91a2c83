import DynamoJournalJSON
import DynamoJournalTables

/// A line of a file of keys: a key in DynamoDB JSON, or an object that names its table and has it as `key`, as `audit` and
/// `show --changes` write them with `--format json`.
enum KeyLine {
  /// The table, where it is named, and the key as the journal writes it; nil for a line that is neither.
  static func read(_ line: [UInt8]) -> (table: String?, key: String)? {
    guard let object = try? JSONValue(parsing: line), object.objectValue != nil else { return nil }
    // The value of a key's attribute is an object, so a table that is a text is no attribute.
    if let table = object["table"]?.stringValue {
      return object["key"].flatMap(text).map { (table, $0) }
    }
    return text(object).map { (nil, $0) }
  }

  private static func text(_ key: JSONValue) -> String? {
    guard let item = try? DynamoDBJSON.item(from: Array(key.text().utf8)),
      (1...2).contains(item.count)
    else { return nil }
    return DynamoDBJSON.text(item)
  }
}
