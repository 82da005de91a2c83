import Crypto
import DynamoJournalEvents
import DynamoJournalExpressions
import DynamoJournalJSON
import DynamoJournalTables
import Foundation

/// All that a migration was defined by, as its runs keep it: the text of the file or the options of the change, and the values
/// that were given for variables and parameters. What is made from it is the same whenever it is made.
package struct CapturedDefinition: Hashable, Sendable {
  /// What defines it.
  package enum Origin: Hashable, Sendable {
    /// A file: its path as it was given, the name that the path gives, and its text.
    case file(path: String, stem: String, text: String)
    /// The options of `change`, without their hyphens.
    case change([String: String])
  }

  /// The name of the runs of `change`.
  package static let changeName = "change"

  /// What defines it.
  package let origin: Origin
  /// The variables that the names of its tables are made from, by name; those that are not set are left out.
  package let variables: [String: String]
  /// The parameters that were given, by name.
  package let parameters: [String: String]
  /// The absolute path of the file, so that it is found from any folder; nil for what is no file, and in runs of earlier versions.
  package let place: String?

  /// A definition.
  package init(
    _ origin: Origin, variables: [String: String] = [:], parameters: [String: String] = [:],
    place: String? = nil
  ) {
    self.origin = origin
    self.variables = variables
    self.parameters = parameters
    self.place = place
  }

  /// The same with only those variables.
  func keeping(_ names: [String]) -> CapturedDefinition {
    CapturedDefinition(
      origin, variables: variables.filter { names.contains($0.key) }, parameters: parameters, place: place)
  }

  /// The definition.
  ///
  /// - Throws: `DefinitionError`.
  package func definition() throws(DefinitionError) -> MigrationDefinition {
    switch origin {
    case .file(let path, let stem, let text):
      try DefinitionReader.read(FileText(path: path, text: text), stem: stem)
    case .change(let options): try ChangeOptions(options).definition()
    }
  }

  /// Where it comes from, for messages and the journal.
  package var source: String {
    switch origin {
    case .file(let path, _, _): path
    case .change: "the options of '\(Self.changeName)'"
    }
  }

  /// `sha256:` and the digest of the file's bytes, or of the options.
  package var digest: String {
    switch origin {
    case .file(_, _, let text): Self.digest(Array(text.utf8))
    case .change(let options): Self.digest(Self.json(options).bytes(sorted: true))
    }
  }

  /// `sha256:` and hexadecimal digits.
  package static func digest(_ bytes: [UInt8]) -> String {
    "sha256:" + SHA256.hash(data: bytes).map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
  }
}

/// In the journal.
extension CapturedDefinition {
  private static let format = 1

  /// As a run keeps it.
  package var captured: RunDefinition {
    var members: [JSONValue.Member] = [.init(name: "format", value: .number(Self.format))]
    switch origin {
    case .file(let path, let stem, let text):
      members += [
        .init(name: "file", value: .string(path)), .init(name: "name", value: .string(stem)),
        .init(name: "text", value: .string(text)),
      ]
    case .change(let options): members.append(.init(name: "change", value: Self.json(options)))
    }
    if let place { members.append(.init(name: "place", value: .string(place))) }
    members.append(.init(name: "variables", value: Self.json(variables)))
    members.append(.init(name: "params", value: Self.json(parameters)))
    return RunDefinition(source: source, bytes: JSONValue.object(members).bytes(sorted: true))
  }

  /// What a run has kept; nil for what this program can't read.
  package init?(captured bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), json["format"]?.integerValue == Int64(Self.format) else {
      return nil
    }
    let origin: Origin
    if let path = json["file"]?.stringValue, let stem = json["name"]?.stringValue,
      let text = json["text"]?.stringValue
    {
      origin = .file(path: path, stem: stem, text: text)
    } else if let options = json["change"] {
      origin = .change(Self.texts(options))
    } else {
      return nil
    }
    self.init(
      origin, variables: Self.texts(json["variables"]), parameters: Self.texts(json["params"]),
      place: json["place"]?.stringValue.flatMap { $0.hasPrefix("/") ? $0 : nil })
  }

  private static func json(_ texts: [String: String]) -> JSONValue {
    .object(texts.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) })
  }

  private static func texts(_ json: JSONValue?) -> [String: String] {
    Dictionary((json?.objectValue ?? []).map { ($0.name, $0.value.stringValue ?? "") }) { _, last in last }
  }
}
