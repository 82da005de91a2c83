import DynamoJournalJSON
import DynamoJournalProgram

/// What a JSON value is that is no item, by the names of its members.
enum JSONForm {
  /// Documents of AWS's tools, and of this program, that hold something else than the items of a table.
  static func named(_ names: Set<String>, file: String, table: String) -> ForeignForm? {
    let word = ShellWord.text(file)
    if names.contains("Keys"), !names.isDisjoint(with: ["NewImage", "OldImage", "Metadata"]) {
      return incremental(word, table)
    }
    if names.contains("dynamodb"), !names.isDisjoint(with: ["eventName", "eventID"]) { return stream }
    if names.isSuperset(of: ["table", "key", "after"]) {
      return ForeignForm("a file of images", "\(Program.name) plan --from \(word) --reason '…'")
    }
    if names.contains("Responses") {
      return ForeignForm(
        "the output of batch-get-item or transact-get-items",
        "jq -c '.Responses | if type == \"array\" then .[].Item else .[][] end' \(word)"
          + " > \(ShellWord.text(file + ".jsonl"))")
    }
    if names.contains("TransactItems") {
      return ForeignForm(
        "a request of transact-write-items",
        "keep what it puts: jq -c '.TransactItems[].Put.Item // empty' \(word) > \(ShellWord.text(file + ".jsonl"))"
      )
    }
    if names.contains("Records") { return stream }
    return nil
  }

  private static let stream = ForeignForm(
    "an event of DynamoDB Streams", "export the table, or write the items as DynamoDB JSON lines")

  /// - Parameter table: the table that was named; its changes become a plan.
  private static func incremental(_ word: String, _ table: String) -> ForeignForm {
    ForeignForm(
      "an incremental export, which holds changes and not items",
      "plan its changes: jq -c '{table: \"\(table)\", key: .Keys, after: .NewImage}' \(word)"
        + " | \(Program.name) plan --from - --reason '…'")
  }

  /// Where the objects that are to be items stand, as jq finds them.
  enum Source: String {
    /// On lines of their own.
    case object = ""
    /// In an array.
    case array = ".[] | "
    /// In what a scan answers.
    case scan = ".Items[] | "
  }

  /// Numbers go through jq as they are written only from version 1.7 on.
  static func plain(file: String, from source: Source = .object) -> ForeignForm {
    let types = [
      #"if type == "string" then {S: .}"#, #"elif type == "number" then {N: tostring}"#,
      #"elif type == "boolean" then {BOOL: .}"#, #"elif type == "null" then {NULL: true}"#,
      #"elif type == "array" then {L: map(d)} else {M: map_values(d)} end"#,
    ]
    return ForeignForm(
      "plain JSON, not DynamoDB JSON",
      "give each value its type: jq -c 'def d: \(types.joined(separator: " ")); \(source.rawValue)map_values(d)'"
        + " \(ShellWord.text(file)) > \(ShellWord.text(file + ".jsonl"))")
  }

  /// Whether an object's members can't be attributes of DynamoDB JSON, each of which is an object of one member: its type.
  static func isPlain(_ object: [JSONValue.Member]) -> Bool {
    !object.allSatisfy { member in
      guard let value = member.value.objectValue, value.count == 1 else { return false }
      return value[0].name.utf8.count <= 4
    }
  }
}
