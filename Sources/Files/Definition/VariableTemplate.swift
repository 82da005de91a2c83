import Foundation

/// A text with variables in it: `${STAGE:-dev}-users`.
struct VariableTemplate: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case text(String)
    case variable(String, default: String?)
  }

  /// Why a template has no text.
  struct MissingVariable: Error {
    let name: String
  }

  private let parts: [Part]

  /// Nil for a text in which a `${` is not closed, or holds something else than a name and a default.
  init?(_ text: String) {
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
    self.parts = parts
  }

  /// The variables, in order.
  var variables: [String] {
    parts.compactMap { if case .variable(let name, _) = $0 { name } else { nil } }
  }

  /// The variable that is the whole text; nil for any other text.
  var only: String? {
    if parts.count == 1, case .variable(let name, _) = parts[0] { name } else { nil }
  }

  /// What is written out, the defaults included.
  var written: String {
    parts.map {
      switch $0 {
      case .text(let text): text
      case .variable(_, let fallback): fallback ?? ""
      }
    }.joined()
  }

  /// The text.
  ///
  /// - Parameter value: the value of a variable; nil or empty for one that is not set.
  func text(_ value: (String) -> String?) throws(MissingVariable) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let part): text += part
      case .variable(let name, let fallback):
        guard let found = value(name).flatMap({ $0.isEmpty ? nil : $0 }) ?? fallback else {
          throw MissingVariable(name: name)
        }
        text += found
      }
    }
    return text
  }
}
