import Foundation
import TestSupport
import Testing

@testable import DynamoJournalTables

@Suite("Files of items") struct ItemReaderTests {
  private func read(_ bytes: [UInt8], name: String = "in put.json") throws -> (ids: [String], isCutOff: Bool)
  {
    let folder = try temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/file"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let reader = try ItemReader(ItemFile(path: path, name: name), table: "users")
    var ids: [String] = []
    while let item = try reader.next() { ids.append(item["id"]?.stringValue ?? "?") }
    return (ids, reader.isCutOff)
  }

  private func temporary() throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private static let page = """
    {
        "Items": [
            { "id": { "S": "1" }, "list": { "L": [ { "S": "]}" } ] } },
            { "id": { "S": "2" } }
        ],
        "Count": 2,
        "ScannedCount": 2,
        "ConsumedCapacity": null
    }

    """

  static let forms: [(text: String, ids: [String])] = [
    (#"{"Item":{"id":{"S":"1"}}}"# + "\n" + #"{"Item":{"id":{"S":"2"}}}"#, ["1", "2"]),
    (#"{"id":{"S":"1"}}"# + "\r\n\r\n" + #"{"Item":{"id":{"S":"2"}}}"# + "\r\n", ["1", "2"]),
    ("\u{FEFF}" + #"{"id":{"S":"1"}}"#, ["1"]), (#"{"id":{"S":"1"}}{"id":{"S":"2"}}"#, ["1", "2"]),
    ("{\n  \"id\": {\n    \"S\": \"1\"\n  }\n}\n{\n  \"id\": {\"S\": \"2\"}\n}", ["1", "2"]),
    (page, ["1", "2"]), (page + page.replacingOccurrences(of: "\"1\"", with: "\"3\""), ["1", "2", "3", "2"]),
    (#"{"Items":[{"id":{"S":"1"}}],"Count":1,"ScannedCount":1}"#, ["1"]),
    (#"{"Count":1,"Items":[{"id":{"S":"1"}}],"ScannedCount":1,"$metadata":{"attempts":1}}"#, ["1"]),
    (#"{"Items":[],"Count":0,"ScannedCount":9}{"Items":[{"id":{"S":"1"}}]}"#, ["1"]),
    (#"[{"id":{"S":"1"}},{"Item":{"id":{"S":"2"}}}]"#, ["1", "2"]), ("[]", []), ("", []), ("\n \n", []),
    (
      #"{"users":[{"PutRequest":{"Item":{"id":{"S":"1"}}}},{"PutRequest":{"Item":{"id":{"S":"2"}}}}]}"#,
      ["1", "2"]
    ),
    (#"{"RequestItems":{"users":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}]}}"#, ["1"]),
    (#"{"PutRequest":{"Item":{"id":{"S":"1"}}}}"#, ["1"]),
    (#"{"Item":{"id":{"S":"1"}},"ConsumedCapacity":{"TableName":"users","CapacityUnits":0.5}}"#, ["1"]),
    (#"{"id":{"S":"1"},"Items":{"L":[]},"Count":{"N":"1"}}"#, ["1"]),
    (#"{"Item":{"S":"x"},"id":{"S":"1"}}"#, ["1"]),
  ]

  @Test("are read in each form that AWS's tools write", arguments: forms.indices)
  func read(_ index: Int) throws {
    #expect(
      try read(Array(Self.forms[index].text.utf8)).ids == Self.forms[index].ids, "\(Self.forms[index].text)")
  }

  @Test(
    "say when a scan was not at its end",
    arguments: [(#""NextToken":"x""#, true), (#""NextToken":null"#, false)])
  func cutOff(member: String, isCutOff: Bool) throws {
    for text in [#"{"Items":[{"id":{"S":"1"}}],\#(member)}"#, #"{\#(member),"Items":[{"id":{"S":"1"}}]}"#] {
      #expect(try read(Array(text.utf8)).isCutOff == isCutOff)
      #expect(try !read(Array((text + #"{"Items":[]}"#).utf8)).isCutOff)
    }
  }

  static let refused: [(bytes: [UInt8], parts: [String])] = [
    (
      Array(#"{"Metadata":{},"Keys":{"id":{"S":"1"}},"NewImage":{"id":{"S":"1"}}}"#.utf8),
      ["an incremental export", "plan --from -"]
    ),
    (
      Array(#"{"Keys":{"id":{"S":"1"}},"OldImage":{"id":{"S":"1"}}}"#.utf8),
      ["an incremental export", #"table: "users""#]
    ),
    (Array(#"{"id":"1","n":1}"#.utf8), ["plain JSON", "jq", "'in put.json'"]),
    (Array(#"{"id":"1","tags":["a"]}"#.utf8), ["plain JSON"]), (Array(#"{"tags":[]}"#.utf8), ["plain JSON"]),
    (Array(#"{"tags":[{"a":1}],"id":"1"}"#.utf8), ["plain JSON"]),
    (Array(#"[{"id":"1"}]"#.utf8), ["plain JSON", "'in put.json'", ".[] |"]),
    (Array(#"{"Items":[{"id":"1"}],"Count":1}"#.utf8), ["plain JSON", ".Items[] |"]),
    (Array("[1,2]".utf8), ["plain JSON"]),
    (Array(#"{"Items":[],"mine":1}"#.utf8), ["plain JSON"]),
    (Array(#"{"id":{"name":"x"}}"#.utf8), ["line 1", "unknown type"]),
    (Array(#"{"users":[{"DeleteRequest":{"Key":{"id":{"S":"1"}}}}]}"#.utf8), ["DeleteRequest"]),
    (
      Array(
        #"{"a":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}],"b":[{"PutRequest":{"Item":{"id":{"S":"2"}}}}]}"#
          .utf8), ["'a' and 'b'"]
    ),
    (Array(#"{"table":"t","key":{"id":{"S":"1"}},"after":null}"#.utf8), ["a file of images", "plan --from"]),
    (Array(#"{"Responses":{"users":[{"id":{"S":"1"}}]}}"#.utf8), ["batch-get-item"]),
    (Array(#"{"TransactItems":[{"Put":{"Item":{"id":{"S":"1"}}}}]}"#.utf8), ["transact-write-items"]),
    (Array(#"{"Records":[{"eventName":"INSERT"}]}"#.utf8), ["DynamoDB Streams"]),
    ([0x28, 0xB5, 0x2F, 0xFD, 0], ["zstd -d 'in put.json'"]), ([0xE0, 0x01, 0x00, 0xEA], ["Amazon Ion"]),
    (Array("$ion_1_0 {".utf8), ["Amazon Ion"]),
    (Array("id,name\n1,x\n".utf8), ["CSV", "csv.DictReader", "'in put.json'"]),
    (Array("id\tname\n".utf8), ["tab-separated"]),
    ([0xFF, 0xFE, 0x7B, 0, 0x7D, 0], ["UTF-16", "iconv"]), ([0x7B, 0, 0x7D, 0], ["UTF-16"]),
    ([0, 0x7B, 0, 0x7D], ["UTF-16"]),
    ([0x50, 0x4B, 3, 4, 0], ["zip archive"]), (Array("PAR1".utf8), ["Parquet"]),
    (Array("<xml/>".utf8), ["XML"]),
    (Array("nonsense\n".utf8), ["line 1: it is not JSON"]),
    (Array((#"{"id":{"S":"1"}},"# + "\n" + #"{"id":{"S":"2"}}"#).utf8), ["line 1: a comma"]),
    (
      Array((#"{"id":{"S":"1"}}"# + "\n" + #"{"id":{"S":"2"}"# + "\n" + #"{"id":{"S":"3"}}"#).utf8),
      ["line 2", "does not end"]
    ),
    (Array((#"{"id":{"S":"1"# + "\n" + #"{"id":{"S":"2"}}"#).utf8), ["line 1", "does not end"]),
    (Array(#"{"Items":[{"id":{"S":"1"}}"#.utf8), ["has no end"]),
    (Array(#"{"Items":[{"id":{"S":"1"}},{"id":{"S":2}}]}"#.utf8), ["line 1, item 2"]),
  ]

  @Test(
    "of something else are refused by its name, with what to type, and no RFC", arguments: refused.indices)
  func refusals(_ index: Int) {
    let (bytes, parts) = Self.refused[index]
    let error = #expect(throws: FileError.self) { try read(bytes) }
    let words = error.map { "\($0)" } ?? ""
    for part in parts { #expect(words.contains(part), "'\(part)' is missing in: \(words)") }
    let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
    #expect(!isJSON || !words.contains("RFC"), "\(words)")
    #expect(!words.contains("\n"))
  }

  @Test("larger than any piece are read piece by piece, on one line and on many", arguments: ["", "\n  "])
  func large(_ space: String) throws {
    let items = (0..<20_000).map { #"{"id":{"S":"\#($0)"},"text":{"S":"\#("a\\\"]}")"}}"# }
    let text = #"{"Items":["# + space + items.joined(separator: "," + space) + space + #"],"Count":20000}"#
    let ids = try read(Array(text.utf8)).ids
    #expect(ids == (0..<20_000).map(String.init))
  }
}

@Suite("What an import finds in files") struct ItemImportTests {
  private func contents(_ texts: String...) throws -> ItemImport.Contents {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = try texts.enumerated().map { number, text in
      let path = folder + "/\(number)"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return ItemFile(path: path, name: "file\(number)")
    }
    let key = KeySchema(partition: KeyAttribute("id", .string), sort: nil)
    var load = ItemImport(files: files, into: TableSpec(name: "t", key: key, indexes: []))
    return try load.contents()
  }

  @Test("an item that stands in them twice counts once")
  func repeats() throws {
    let line = #"{"id":{"S":"1"},"n":{"N":"1"}}"#
    let found = try contents(
      line + "\n" + #"{"n":{"N":"1.0"},"id":{"S":"1"}}"#, line + "\n" + #"{"id":{"S":"2"}}"#)
    #expect(found.items == 2 && found.repeats == 2)
  }

  @Test("two items with one key are refused with both places")
  func twice() {
    let (one, other) = (#"{"id":{"S":"1"},"n":{"N":"1"}}"#, #"{"id":{"S":"1"},"n":{"N":"2"}}"#)
    let same = #expect(throws: FileError.self) { try contents(one + "\n\n" + other) }
    #expect(
      same.map { "\($0)" }?.contains("'file0': line 3: line 1 has another item with the same key") == true)
    let files = #expect(throws: FileError.self) { try contents(one, "\n" + other) }
    #expect(files.map { "\($0)" }?.contains("'file1': line 2: line 1 of 'file0' has another item") == true)
    let array = #expect(throws: FileError.self) { try contents("[\(one),\(other)]") }
    #expect(array.map { "\($0)" }?.contains("line 1, item 2: line 1, item 1 has another item") == true)
  }
}
