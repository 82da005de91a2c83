import Foundation
import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalRunner

/// The first line that a program gets.
enum ProgramStart {
  /// Bytes of all captured inputs together.
  private static let maximumInputs = 32 << 20

  static func line(_ definition: ProgramDefinition, _ planner: Planner) async throws -> [UInt8] {
    var inputs: [JSONValue.Member] = []
    for input in definition.inputs {
      let captured = try await planner.input(try input.request(planner.settings))
      var reader = try captured.reader()
      do {
        let value = try reader.readValue()
        _ = try reader.next()
        inputs.append(.init(name: input.name, value: value))
      } catch let error as JSONError { throw captured.unusable("it is not valid JSON (\(error))") }
    }
    let bytes = line(definition, run: planner.started.run, now: planner.now, inputs: inputs)
    guard bytes.count <= maximumInputs else {
      throw Refusal(
        "the params and inputs of \(definition.name) are \(bytes.count >> 20) MB, and a program gets \(maximumInputs >> 20) MB at most",
        remedy: "ask for less, or have the program read it by 'get' from a table")
    }
    return bytes
  }

  /// - Parameter now: in milliseconds since 1970.
  static func line(
    _ definition: ProgramDefinition, run: String, now: Int64, inputs: [JSONValue.Member]
  ) -> [UInt8] {
    let start = JSONValue.object([
      .init(name: "type", value: "start"), .init(name: "protocol", value: 1),
      .init(name: "run", value: .string(run)), .init(name: "now", value: .string(iso8601(now))),
      .init(name: "params", value: .object(definition.params)),
      .init(name: "inputs", value: .object(inputs)),
    ])
    return start.bytes()
  }

  /// A time in milliseconds since 1970 as `2026-11-23T05:14:02.113Z`.
  static func iso8601(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(
      Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
