import DynamoJournalExpressions
import DynamoJournalRunner
import DynamoJournalTables
import Foundation

/// A reply, or a file, that a program gets with its first line: JSON, captured in the journal before it is handed over.
///
/// The text of a migration's file is kept in the journal and an address may be a secret in part, so what is secret in one is
/// named by a variable, whose value is never kept.
package struct ProgramInput: Hashable, Sendable {
  /// The bytes of one: all of them are handed over in one line.
  static let largest = 32 << 20

  /// Its name in `start`.
  package let name: String
  /// Where it is written.
  let source: ExpressionSource
  private let template: VariableTemplate

  /// Reads where an input comes from.
  ///
  /// - Throws: `DefinitionError`.
  init(_ name: String, _ source: ExpressionSource) throws(DefinitionError) {
    guard let template = VariableTemplate(source.text), !source.text.isEmpty else {
      throw DefinitionError(source, "the input '\(name)' has no address: \(Self.example)")
    }
    (self.name, self.source, self.template) = (name, source, template)
    try checkSecrets()
    // What has no variable is as it will be.
    if template.variables.isEmpty { try check(template.written) }
  }

  private static let example =
    "write for example prices: https://prices.example/v1.json, prices: ${PRICES_URL}, or prices: prices.json"

  /// The variables that it is made from, in order.
  package var variables: [String] { template.variables }

  /// The request.
  ///
  /// - Parameters:
  ///   - folder: the one of the migration's file, which the path of a file is relative to.
  ///   - settings: have the variables, of now.
  /// - Throws: `Refusal` for a variable that is not set, and for an address that can't be read; it holds no value.
  package func request(in folder: String, _ settings: Settings) throws(Refusal) -> InputRequest {
    let text: String
    do throws(VariableTemplate.MissingVariable) { text = try template.text { settings[$0] } } catch {
      throw Refusal(
        "\(error.name) is not set, and the input '\(name)' comes from there",
        remedy: "set it in the environment or in .env")
    }
    guard Self.isAddress(text) else {
      let path = text.hasPrefix("/") ? text : folder + "/" + text
      let url = URL(fileURLWithPath: path, isDirectory: false).absoluteString
      return InputRequest(name: Self.captured(name), url: url, maximumBytes: Self.largest)
    }
    do throws(AddressError) { _ = try WebAddress(text) } catch {
      throw Refusal("the address of the input '\(name)' can't be used: \(error)", remedy: "correct it")
    }
    return InputRequest(
      name: Self.captured(name), url: text, maximumBytes: Self.largest, addressVariable: variables.first)
  }

  /// The name in the journal, which no other facts of a run have.
  private static func captured(_ name: String) -> String { "inputs.\(name)" }

  private static func isAddress(_ text: String) -> Bool {
    text.contains("://") || text.wholeMatch(of: /(?i)(https?|file):.*/) != nil
  }

  private func check(_ text: String) throws(DefinitionError) {
    guard Self.isAddress(text) else { return }
    do throws(AddressError) { _ = try WebAddress(text) } catch {
      throw DefinitionError(source, "the address of the input '\(name)' can't be used: \(error)")
    }
  }
}

/// What must not be written into a file whose text is kept.
extension ProgramInput {
  private static let secretWords = ["key", "token", "secret", "sig", "pass", "pwd", "auth", "cred", "code"]

  private func checkSecrets() throws(DefinitionError) {
    let text = template.written
    guard Self.isAddress(text), let start = text.range(of: ":") else { return }
    let rest = text[start.upperBound...].drop { $0 == "/" }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    // Of variables alone nothing is left but the signs between them.
    let user = parts[0].split(separator: "@", omittingEmptySubsequences: false).dropLast().joined()
    var secret = user.contains { $0 != ":" } ? "a user's name or a password" : nil
    for pair in parts.dropFirst().joined().split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1)
      let name = sides.first?.lowercased() ?? ""
      if sides.count == 2, Self.secretWords.contains(where: name.contains) { secret = "'\(sides[0])='" }
    }
    guard let secret else { return }
    throw DefinitionError(
      "\(source.beginning.position): the address of the input '\(name)' has \(secret) in it, and the text of this file is kept in the journal",
      remedy: "write the secret as a variable, as in ${PRICES_KEY}, or the whole address as ${PRICES_URL}")
  }
}
