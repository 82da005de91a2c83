import DynamoJournalExpressions
import DynamoJournalRunner
import DynamoJournalTables

/// A parameter of a file: `$plan` in its expressions, `--param plan=free` on the command line.
package struct Parameter: Sendable {
  /// The types.
  package enum Kind: String, Sendable, CaseIterable {
    case string, number, boolean

    /// A value of the type; nil for a text that is none.
    func value(_ text: String) -> AttributeValue? {
      switch self {
      case .string: .string(text)
      case .number: (try? DecimalNumber(text)).map { .number($0) }
      case .boolean: ["true": .bool(true), "false": .bool(false)][text]
      }
    }

    /// What it takes, in words.
    var words: String {
      switch self {
      case .string: "a text"
      case .number: "a number, such as 12.5"
      case .boolean: "true or false"
      }
    }
  }

  /// The variables that every run has.
  static let taken: Set<String> = ["now", "run", "index"]

  /// The name, without the `$`.
  package let name: String
  /// The type.
  package let kind: Kind
  /// The value when none is given; nil when one has to be.
  package let fallback: AttributeValue?

  /// The values of parameters.
  ///
  /// - Parameter given: texts by name.
  /// - Throws: `DefinitionError` for a name that is none of theirs, a text of another type, and a value that is missing.
  static func values(
    of parameters: [Parameter], given: [String: String], in name: String
  ) throws(DefinitionError) -> [String: AttributeValue] {
    let names = parameters.map(\.name)
    if let unknown = given.keys.sorted().first(where: { !names.contains($0) }) {
      throw usage("\(name) has no parameter '\(unknown)': \(hint(unknown, names))")
    }
    var values: [String: AttributeValue] = [:]
    for parameter in parameters {
      guard let text = given[parameter.name] else {
        guard let fallback = parameter.fallback else {
          throw usage(
            "the parameter '\(parameter.name)' of \(name) has no value: add --param \(parameter.name)=… with \(parameter.kind.words)"
          )
        }
        values[parameter.name] = fallback
        continue
      }
      guard let value = parameter.kind.value(text) else {
        throw usage(
          "the parameter '\(parameter.name)' of \(name) is a \(parameter.kind.rawValue): give it \(parameter.kind.words)"
        )
      }
      values[parameter.name] = value
    }
    return values
  }

  private static func usage(_ sentence: String) -> DefinitionError {
    DefinitionError(sentence, isUsage: true)
  }

  private static func hint(_ typed: String, _ names: [String]) -> String {
    if let nearest = Catalog.nearest(to: typed, among: names) { return "did you mean '\(nearest)'?" }
    if names.isEmpty { return "leave out --param" }
    return "it has \(names.map { "'\($0)'" }.joined(separator: ", "))"
  }
}
