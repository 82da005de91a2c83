import Foundation
import DynamoJournalExpressions
import DynamoJournalRunner
import DynamoJournalTables

/// The name of a table, with variables in it: `${USERS_TABLE:-users}`, `${STAGE}-users`.
package struct NameTemplate: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case text(String)
    case variable(String, default: String?)
  }

  /// Where it is written.
  package let source: ExpressionSource
  private let parts: [Part]

  /// Reads a name.
  ///
  /// - Throws: `DefinitionError`.
  package init(_ source: ExpressionSource) throws(DefinitionError) {
    self.source = source
    guard let parts = Self.parts(source.text), !source.text.isEmpty else {
      throw DefinitionError(
        source,
        "'\(source.clause)' is not the name of a table: write it as it is, or with a variable as in ${USERS_TABLE:-users}"
      )
    }
    self.parts = parts
    if let secret = variables.first(where: Self.isSecret) {
      throw DefinitionError(
        source, "\(secret) holds a secret, which does not belong in a table's name: name another variable")
    }
  }

  private static func parts(_ text: String) -> [Part]? {
    var parts: [Part] = []
    var rest = text[...]
    while let start = rest.range(of: "${") {
      if start.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<start.lowerBound]))) }
      guard let end = rest[start.upperBound...].firstIndex(of: "}"),
        let match = rest[start.upperBound..<end].wholeMatch(of: /([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?/)
      else { return nil }
      parts.append(.variable(String(match.1), default: match.2.map { String($0) }))
      rest = rest[rest.index(after: end)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return parts
  }

  private static func isSecret(_ name: String) -> Bool {
    ["SECRET", "TOKEN", "PASSWORD", "PASSWD", "PRIVATE", "CREDENTIAL", "ACCESS_KEY", "API_KEY"]
      .contains { name.uppercased().contains($0) }
  }

  /// The variables, in order.
  package var variables: [String] {
    parts.compactMap { if case .variable(let name, _) = $0 { name } else { nil } }
  }

  /// The variable that is the whole name; nil for any other name.
  var only: String? {
    if parts.count == 1, case .variable(let name, _) = parts[0] { name } else { nil }
  }

  /// The name.
  ///
  /// - Parameter value: the value of a variable; nil for one that is not set.
  /// - Throws: `DefinitionError` for a variable that has neither value nor default, and for what is no name of a table.
  package func name(_ value: (String) -> String?) throws(DefinitionError) -> String {
    var name = ""
    for part in parts {
      switch part {
      case .text(let text): name += text
      case .variable(let variable, let fallback):
        guard let text = value(variable).flatMap({ $0.isEmpty ? nil : $0 }) ?? fallback else {
          throw DefinitionError(
            source,
            "\(variable) is not set: set it in the environment or in .env, or give it a default as in ${\(variable):-name}"
          )
        }
        name += text
      }
    }
    do throws(StoreError) { try Validation.check(name: name, of: .table) } catch {
      throw DefinitionError(source, "\(error.message): correct the name")
    }
    return name
  }
}
