import DynamoJournalSQLite

/// Whether a journal's tables, indexes, triggers and views are those that the program made, object by object.
enum ClosedSchema {
  private struct Object: Hashable {
    let type: String
    let name: String
    let table: String
    let sql: String?
  }

  /// What is not as the program made it, in words; nil when everything is.
  static func flaw(_ connection: Connection, format: Int64) throws -> String? {
    let wanted = try reference(format)
    let found = try objects(connection)
    if let foreign = found.first(where: { object in
      !wanted.contains { $0.type == object.type && $0.name == object.name }
    }) {
      return "it has a foreign \(foreign.type) '\(foreign.name.prefix(60))'"
    }
    for object in wanted {
      guard let same = found.first(where: { $0.type == object.type && $0.name == object.name }) else {
        return "its \(object.type) '\(object.name)' is missing"
      }
      if same != object { return "its \(object.type) '\(object.name)' is another" }
    }
    return nil
  }

  private static func objects(_ connection: Connection) throws -> [Object] {
    try connection.statement("SELECT type, name, tbl_name, sql FROM sqlite_schema").all { row in
      Object(
        type: row.text(0) ?? "", name: row.text(1) ?? "", table: row.text(2) ?? "",
        sql: row.text(3).map(words))
    }
  }

  /// The objects of a new journal of that format.
  private static func reference(_ format: Int64) throws -> [Object] {
    let connection = try Connection(path: "", mode: .temporary)
    try connection.execute(
      format == 1 ? FirstFormat.schema : String(decoding: PackageResources.schema_sql, as: UTF8.self))
    return try objects(connection)
  }

  /// The text without comments and with single blanks: what SQLite keeps of a statement is the text as it was typed.
  private static func words(_ sql: String) -> String {
    var words: [UInt8] = []
    var rest = Array(sql.utf8)[...]
    var quote: UInt8?
    while let byte = rest.popFirst() {
      if let open = quote {
        if byte == open { quote = nil }
        words.append(byte)
      } else if byte == UInt8(ascii: "-") && rest.first == UInt8(ascii: "-") {
        rest = rest.drop { $0 != UInt8(ascii: "\n") }
      } else if [0x20, 0x0A, 0x0D, 0x09].contains(byte) {
        if words.last != 0x20 { words.append(0x20) }
      } else {
        if [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(byte) { quote = byte }
        words.append(byte)
      }
    }
    return String(decoding: words, as: UTF8.self)
  }
}
