import DynamoJournalJSON
import DynamoJournalProgram

/// What people have in a file where DynamoDB JSON is wanted, by its name, and how it becomes that.
package struct ForeignForm: Hashable, Sendable {
  /// What the file is, such as `a CSV file`.
  package let name: String
  /// What to type.
  package let remedy: String

  /// So many bytes tell a form by its first ones.
  package static let startSize = 4_096

  init(_ name: String, _ remedy: String) {
    self.name = name
    self.remedy = remedy
  }

  /// The form of a file that begins with these bytes, uncompressed; nil where it may well be JSON.
  ///
  /// - Parameter file: the file as it is typed.
  package init?(start: [UInt8], file: String) {
    guard let form = Self.ofBytes(start, file) ?? Self.ofText(start, file) else { return nil }
    self = form
  }

  // MARK: By the first bytes

  /// Forms whose first bytes are theirs alone.
  ///
  /// Sources: RFC 8878, section 3.1.1 (zstd); https://amazon-ion.github.io/ion-docs/docs/binary.html; PKWARE's APPNOTE 4.3.7;
  /// https://tukaani.org/xz/xz-file-format.txt 2.1.1.1; https://parquet.apache.org/docs/file-format/
  private static func ofBytes(_ start: [UInt8], _ file: String) -> ForeignForm? {
    let word = ShellWord.text(file)
    let known: [(bytes: [UInt8], form: ForeignForm)] = [
      ([0x28, 0xB5, 0x2F, 0xFD], ForeignForm("compressed with zstd", "zstd -d \(word)")),
      ([0x50, 0x4B, 0x03, 0x04], ForeignForm("a zip archive", "unzip \(word)")),
      (Array("BZh".utf8), ForeignForm("compressed with bzip2", "bzip2 -dk \(word)")),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], ForeignForm("compressed with xz", "xz -dk \(word)")),
      (Array("PAR1".utf8), ForeignForm("a Parquet file", Self.exportAgain)),
      (Array("SQLite format 3".utf8), ForeignForm("an SQLite database", Self.exportAgain)),
      ([0xE0, 0x01, 0x00, 0xEA], ion), (Array("$ion_1_0".utf8), ion),
    ]
    if let found = known.first(where: { start.starts(with: $0.bytes) }) { return found.form }
    return ForeignForm(encodingOf: start, file: file)
  }

  /// Text in an encoding that is not UTF-8; nil for what may be that.
  package init?(encodingOf start: [UInt8], file: String) {
    guard Self.isUTF16(start) else { return nil }
    self.init(
      "UTF-16 text",
      "iconv -f UTF-16 -t UTF-8 \(ShellWord.text(file)) > \(ShellWord.text(file + ".utf8"))")
  }

  private static let exportAgain = "export the table again as DynamoDB JSON"
  private static let ion = ForeignForm(
    "Amazon Ion",
    "export the table again with 'aws dynamodb export-table-to-point-in-time --export-format DYNAMODB_JSON'")

  /// A mark of its byte order, or brackets and quotation marks with a zero beside them.
  private static func isUTF16(_ start: [UInt8]) -> Bool {
    if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) { return true }
    guard start.count > 1 else { return false }
    return (start[0] == 0) != (start[1] == 0) && (start[0] | start[1]) < 0x80
  }

  // MARK: By the first line

  private static func ofText(_ start: [UInt8], _ file: String) -> ForeignForm? {
    let text = start.starts(with: byteOrderMark) ? start[3...] : start[...]
    guard let first = text.first(where: { ![0x20, 0x09, 0x0D, 0x0A].contains($0) }) else { return nil }
    guard first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else { return nil }
    let line = text.drop { [0x20, 0x0D, 0x0A].contains($0) }.prefix { $0 != 0x0A }
    if first == UInt8(ascii: "<") { return ForeignForm("XML or HTML", exportAgain) }
    let marks: [(UInt8, String, String)] = [
      (UInt8(ascii: ","), "CSV", ","), (0x09, "tab-separated text", "\\t"),
      (UInt8(ascii: ";"), "CSV with semicolons", ";"),
    ]
    guard let mark = marks.first(where: { line.contains($0.0) }) else { return nil }
    return ForeignForm(mark.1, csvRemedy(mark.2, file))
  }

  /// Every value becomes a string, since CSV has no types; empty ones are left out.
  private static func csvRemedy(_ mark: String, _ file: String) -> String {
    let reader =
      mark == "," ? "csv.DictReader(sys.stdin)" : #"csv.DictReader(sys.stdin, delimiter="\#(mark)")"#
    return "python3 -c 'import csv, json, sys; "
      + #"[print(json.dumps({"Item": {k: {"S": v} for k, v in row.items() if v}})) for row in \#(reader)]'"#
      + " < \(ShellWord.text(file)) > \(ShellWord.text(file + ".jsonl")), which makes a string of every value"
  }

  /// The mark of UTF-8, which editors on Windows put before a text.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

extension ForeignForm {
  /// The form of a file of items, or of changes in another form, where one of images is wanted; nil where it may be one.
  ///
  /// - Parameter line: its first line, with or without the mark of its byte order.
  package init?(itemsIn line: [UInt8], file: String) {
    let text = Array(line.starts(with: Self.byteOrderMark) ? line[3...] : line[...])
    let items = ForeignForm(
      "a file of items, not of images",
      "\(Program.name) tables import TABLE \(ShellWord.text(file))")
    if text.first == UInt8(ascii: "[") {
      self.init("a JSON array", "write its elements on a line each: jq -c '.[]' \(ShellWord.text(file))")
      return
    }
    if (try? DynamoDBJSON.item(fromLine: text)) != nil {
      self = items
      return
    }
    guard let members = (try? JSONValue(parsing: text))?.objectValue else { return nil }
    let names = Set(members.map(\.name))
    if names.isSuperset(of: ["table", "key"]) { return nil }
    if let form = JSONForm.named(names, file: file, table: "TABLE") {
      self = form
    } else if names.contains("Items") || names.contains("RequestItems") {
      self = items
    } else {
      return nil
    }
  }
}
