import DynamoJournalJSON
import DynamoJournalTables
import Testing

private let plain = TableSpec(
  name: "t", key: KeySchema(partition: KeyAttribute("address", .string)),
  indexes: [IndexSpec(name: "DiscordIdIndex", key: KeySchema(partition: KeyAttribute("discordId", .string)))])

@Test func aSpecificationHasOneText() {
  #expect(
    plain.jsonText
      == #"{"indexes":[{"key":[{"name":"discordId","type":"S"}],"name":"DiscordIdIndex"}],"#
      + #""key":[{"name":"address","type":"S"}],"name":"t"}"#)
}

@Test func aSpecificationComesBackAsItWas() throws {
  let key = KeySchema(partition: KeyAttribute("z", .binary), sort: KeyAttribute("a", .number))
  let wide = TableSpec(
    name: "wide.table-1", key: key,
    indexes: [IndexSpec(name: "b", key: key), IndexSpec(name: "a", key: plain.key)])
  for spec in [plain, wide, TableSpec(name: "bare", key: key)] {
    #expect(try TableSpec(jsonText: spec.jsonText) == spec)
    #expect(try TableSpec(jsonText: spec.json.prettyText()) == spec)
  }
}

@Test(
  arguments: [
    ("[]", .missing, ""), (#"{"indexes":[],"key":[],"name":"t"}"#, .keySize, "key"),
    (#"{"key":[{"name":"a","type":"S"}],"name":"t"}"#, .missing, "indexes"),
    (#"{"indexes":[],"name":"t"}"#, .missing, "key"),
    (#"{"indexes":[],"key":[{"name":"a","type":"S"}],"name":1}"#, .missing, "name"),
    (#"{"indexes":[],"key":[{"name":"a","type":"S"}],"name":""}"#, .empty, "name"),
    (#"{"indexes":[],"key":[{"name":"a","type":"L"}],"name":"t"}"#, .keyType, "key[0].type"),
    (#"{"indexes":[],"key":[{"name":"a","type":"S"},{"name":"a","type":"N"}],"name":"t"}"#, .repeated, "key"),
    (#"{"indexes":[],"key":[{"name":"a","type":"S"}],"name":"t","streams":true}"#, .unknown, "streams"),
    (#"{"indexes":[{"name":"i"}],"key":[{"name":"a","type":"S"}],"name":"t"}"#, .missing, "indexes[0].key"),
  ] as [(String, TableSpecJSONError.Kind, String)])
func whatIsNoSpecificationIsRefused(text: String, kind: TableSpecJSONError.Kind, path: String) throws {
  let error = #expect(throws: TableSpecJSONError.self) { try TableSpec(jsonText: text) }
  #expect(error?.kind == kind)
  #expect(error?.path == path)
}

@Test func twoIndexesOfOneNameAreRefused() {
  let index = #"{"key":[{"name":"a","type":"S"}],"name":"i"}"#
  let error = #expect(throws: TableSpecJSONError.self) {
    try TableSpec(jsonText: #"{"indexes":[\#(index),\#(index)],"key":[{"name":"a","type":"S"}],"name":"t"}"#)
  }
  #expect(error?.path == "indexes[1].name")
  #expect(
    error.map { "\($0)".hasPrefix("'indexes[1].name' of the table specification is used twice; write it as") }
      == true)
}
