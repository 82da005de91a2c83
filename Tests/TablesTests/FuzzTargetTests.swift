import DynamoJournalTables
import Foundation
import TestSupport
import Testing

@Suite("Fuzzing: keys and imports") struct TablesFuzzTargetTests {
  @Test("the text of a key is read or refused; DynamoDB JSON of what is read leads to the same key")
  func keys() async throws {
    let schemas = [
      KeySchema(partition: KeyAttribute("discordId", .string)),
      KeySchema(partition: KeyAttribute("a", .string), sort: KeyAttribute("slot", .number)),
      KeySchema(partition: KeyAttribute("b", .binary)),
    ]
    try await Fuzzing("keys", tokens: ["discordId=", ",slot=", "a=", "b=", "{\"S\":"]).run { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      for schema in schemas {
        guard let key = try? KeyText.key(text, of: schema) else { continue }
        let json = String(decoding: DynamoDBJSON.bytes(key.attributes), as: UTF8.self)
        guard try KeyText.key(json, of: schema) == key else {
          throw Fuzzing.Finding("another key of the same text")
        }
      }
    }
  }

  @Test("a file of items is read or refused, packed or not")
  func imports() async throws {
    let spec = TableSpec(name: "t", key: KeySchema(partition: KeyAttribute("id", .string)))
    try await withTemporaryFolder { folder in
      let tokens = [
        "{\"Item\":", "{\"PutRequest\":", "\"NewImage\":", "{\"S\":\"", "{\"N\":\"", "\u{1F}\u{8B}",
      ]
      try await Fuzzing("imports", tokens: tokens).run { bytes in
        let path = folder + "/items.jsonl"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do { _ = try ItemImport(paths: [path], into: spec).check() } catch {
          guard "\(error)".utf8.count < 2_000 else { throw Fuzzing.Finding("a sentence without end") }
        }
      }
    }
  }
}
