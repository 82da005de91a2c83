import TestSupport
import Testing

@testable import DynamoJournalJSON

@Suite("Fuzzing: JSON") struct JSONFuzzTargetTests {
  @Test("what is read has one text, and chunks of any size make no difference")
  func json() async throws {
    try await Fuzzing("json").run { bytes in
      let whole = try? JSONValue(parsing: bytes, maximumDepth: 100)
      if let whole {
        let again = try JSONValue(parsing: whole.bytes(), maximumDepth: 100)
        guard again == whole else { throw Fuzzing.Finding("another value of the same text") }
      }
      var rest = bytes[...]
      var reader = JSONReader(maximumDepth: 100) {
        defer { rest = rest.dropFirst(3) }
        return rest.isEmpty ? nil : Array(rest.prefix(3))
      }
      let chunked = try? { () throws -> JSONValue in
        let value = try reader.readValue()
        _ = try reader.next()
        return value
      }()
      guard chunked == whole else { throw Fuzzing.Finding("chunks read otherwise") }
    }
  }
}
