import DynamoJournalJSON
import Foundation
import TestSupport
import Testing
import Yams

@testable import DynamoJournalFiles

/// The schema that editors complete with, held against the reader's keys and the examples.
@Suite("docs/migration.schema.json") struct SchemaTests {
  private static func schema() throws -> JSONValue {
    try JSONValue(
      parsing: String(contentsOfFile: CheckoutCopy.original + "/docs/migration.schema.json", encoding: .utf8))
  }

  @Test("it has the keys that are read, and no others")
  func keys() throws {
    let properties = try #require(try Self.schema()["properties"]?.objectValue)
    #expect(Set(properties.map(\.name)) == Set(DefinitionReader.keys))
  }

  @Test("every example is as it says, and can be read")
  func examplesAreValid() throws {
    let schema = try Self.schema()
    let files = try FileManager.default.contentsOfDirectory(atPath: examples).filter { $0.hasSuffix(".yaml") }
    #expect(files.count == 7)
    for file in files {
      let path = "\(examples)/\(file)"
      let node = try #require(try Yams.compose(yaml: String(contentsOfFile: path, encoding: .utf8)))
      #expect(Self.problem(json(node), schema) == nil, "\(file)")
      #expect(try MigrationFile(path, isNamed: true).definition.name == MigrationFolder.stem(file))
    }
  }

  @Test("what is wrong is found by it, too")
  func faults() throws {
    for text in [
      "set: a = 1", "table: t12\nwehre: a", "table: t12\nguard: {maxDeleteShare: 2}",
      "table: t12\nonError: stop",
      "table: t12\ndeleteItem: 'x'", "table: t12\nput: {item: x}", "table: t12\nparams: {a: strin}",
      "table: t12\nnote: [{where: a}]",
    ] {
      let node = try #require(try Yams.compose(yaml: text))
      #expect(Self.problem(json(node), try Self.schema()) != nil, "\(text)")
    }
  }

  private func json(_ node: Node) -> JSONValue {
    switch node {
    case .mapping(let mapping):
      return .object(mapping.map { .init(name: $0.key.string ?? "", value: json($0.value)) })
    case .sequence(let sequence): return .array(sequence.map(json))
    default:
      if let value = node.bool { return .bool(value) }
      if let value = node.int { return .number(String(value)) }
      if let value = node.float { return .number(String(value)) }
      return .string(node.string ?? "")
    }
  }

  /// What of a value is not as a schema says: as much of JSON Schema as ours has.
  private static func problem(_ value: JSONValue, _ schema: JSONValue) -> String? {
    if let choices = schema["anyOf"]?.arrayValue, choices.allSatisfy({ problem(value, $0) != nil }) {
      return "anyOf"
    }
    if let choices = schema["enum"]?.arrayValue, !choices.contains(value) { return "enum" }
    if let type = schema["type"] {
      let names = type.arrayValue?.compactMap(\.stringValue) ?? [type.stringValue ?? ""]
      if !names.contains(where: { isOf($0, value) }) { return "type \(names)" }
    }
    if let number = value.numberText.flatMap(Double.init) {
      if let least = schema["minimum"]?.numberText.flatMap(Double.init), number < least { return "minimum" }
      if let most = schema["maximum"]?.numberText.flatMap(Double.init), number > most { return "maximum" }
    }
    for element in value.arrayValue ?? [] {
      if let items = schema["items"], let found = problem(element, items) { return found }
    }
    guard let members = value.objectValue else { return nil }
    for name in schema["required"]?.arrayValue ?? [] where value[name.stringValue ?? ""] == nil {
      return "required"
    }
    for member in members {
      if let own = schema["properties"]?[member.name] {
        if let found = problem(member.value, own) { return found }
      } else if let rest = schema["additionalProperties"] {
        if rest.boolValue == false { return "unknown \(member.name)" }
        if rest.objectValue != nil, let found = problem(member.value, rest) { return found }
      }
    }
    return nil
  }

  private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch type {
    case "object": value.objectValue != nil
    case "array": value.arrayValue != nil
    case "string": value.stringValue != nil
    case "boolean": value.boolValue != nil
    case "integer": value.integerValue != nil
    default: value.numberText != nil
    }
  }
}
