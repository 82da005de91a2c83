import DynamoJournalJSON

/// Writes a JSON object member by member, with canonical text spliced in as it is.
struct ObjectWriter {
  private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]
  private var isEmpty = true

  init() {}

  mutating func add(_ name: String, _ value: JSONValue) {
    begin(name)
    JSONWriter.append(value, to: &bytes)
  }

  /// - Parameter json: JSON text, or nil for `null`.
  mutating func add(_ name: String, raw json: [UInt8]?) {
    begin(name)
    if let json { bytes += json } else { bytes += "null".utf8 }
  }

  private mutating func begin(_ name: String) {
    if !isEmpty { bytes.append(UInt8(ascii: ",")) }
    isEmpty = false
    JSONWriter.appendString(name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
  }

  mutating func finish() -> String {
    bytes.append(UInt8(ascii: "}"))
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONValue {
  /// A string, or `null`.
  package static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// Objects joined: the members of both.
  func adding(_ members: [Member]) -> JSONValue { .object((objectValue ?? []) + members) }
}
