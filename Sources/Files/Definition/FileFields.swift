import DynamoJournalExpressions
import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables
import Yams

/// A mapping of a file, whose keys are known words.
struct FileFields {
  let file: FileText
  /// Where it begins.
  let mark: Mark?
  private let values: [String: Node]

  /// Reads a mapping.
  ///
  /// - Parameter place: the key that it stands under, for messages; nil for the file itself.
  /// - Throws: `DefinitionError` for a key that is none of those, with the one that was probably meant.
  init(
    _ node: Node, keys: [String], of place: String? = nil, _ file: FileText
  ) throws(DefinitionError) {
    self.file = file
    mark = node.mark
    guard case .mapping(let mapping) = node else {
      let what = place.map { "'\($0)'" } ?? "a migration"
      throw YAMLProblem(file).error(
        node.mark, "\(what) takes keys and values: write for example '\(keys[0]): …'")
    }
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw YAMLProblem(file).error(key.mark, "a key is a word: write for example '\(keys[0]): …'")
      }
      guard keys.contains(name) else { throw Self.unknown(name, key, keys, place, file) }
      values[name] = value
    }
    self.values = values
  }

  private static func unknown(
    _ name: String, _ key: Node, _ keys: [String], _ place: String?, _ file: FileText
  ) -> DefinitionError {
    let inPlace = place.map { " in '\($0)'" } ?? ""
    let nearest =
      nearestByCase(name, keys) ?? Catalog.nearest(to: name, among: keys) ?? nearestByLetters(name, keys)
    let hint =
      nearest.map { "did you mean '\($0)'?" }
      ?? (isPartOfText(name)
        ? "a comma inside {…} begins the next key, so put the whole expression in double quotation marks"
        : "it takes \(keys.joined(separator: ", "))")
    return YAMLProblem(file).error(
      key.mark, "there is no key '\(name.prefix(60))'\(inPlace): \(hint)", width: name.unicodeScalars.count)
  }

  /// `delete_item` and `delete-item` mean `deleteItem`.
  private static func nearestByCase(_ name: String, _ keys: [String]) -> String? {
    let plain = { (text: String) in text.lowercased().filter { $0 != "_" && $0 != "-" } }
    return keys.first { plain($0) == plain(name) }
  }

  /// Keys are few and short: half of the letters may be wrong, of which two always may.
  private static func nearestByLetters(_ name: String, _ keys: [String]) -> String? {
    let ranked = keys.map { (key: $0, distance: EditDistance.between(name.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(2, best.key.count / 2) && best.distance < best.key.count ? best.key : nil
  }

  private static func isPartOfText(_ name: String) -> Bool { name.contains("=") || name.contains(")") }

  /// The value of a key; nil where it is left out.
  subscript(key: String) -> Node? { values[key] }

  /// Where a value stands.
  func mark(_ key: String) -> Mark? { values[key]?.mark }

  func error(_ key: String, _ problem: String) -> DefinitionError {
    YAMLProblem(file).error(values[key]?.mark ?? mark, problem)
  }

  // MARK: Typed values

  /// A text, as an expression or a name is written.
  func source(_ key: String, clause: String? = nil) throws(DefinitionError) -> ExpressionSource? {
    guard let node = values[key] else { return nil }
    let clause = clause ?? key
    guard case .scalar(let scalar) = node else {
      throw error(key, "'\(clause)' takes one text, not a list or keys: \(Self.example(clause))")
    }
    return Self.source(scalar, clause: clause, file)
  }

  static func source(_ scalar: Node.Scalar, clause: String, _ file: FileText) -> ExpressionSource {
    let quote = [.singleQuoted, .doubleQuoted].contains(scalar.style) ? 1 : 0
    return ExpressionSource(
      scalar.string, clause: clause, file: file.path, line: scalar.mark?.line ?? 1,
      column: (scalar.mark?.column ?? 1) + quote, map: ScalarPlaces.map(scalar, in: file))
  }

  private static func example(_ clause: String) -> String {
    switch clause {
    case "set": "write for example set: plan = 'free', since = $now"
    case "remove": "write for example remove: oldName, address.zip"
    case "add": "write for example add: visits 1"
    case "delete": "write for example delete: tags <<'old'>>"
    case "each": "write for example each: addresses AS a"
    case "put.set": "write for example set: email = lower(email)"
    case "where", "expect", "note.where": "write for example where: attribute_not_exists(plan)"
    default: "write it in one line"
    }
  }

  /// A plain text.
  func text(_ key: String) throws(DefinitionError) -> String? {
    guard let node = values[key] else { return nil }
    guard let scalar = node.scalar else {
      throw error(key, "'\(key)' takes one text, not a list or keys: write it in one line")
    }
    return scalar.string
  }

  /// `true` or `false`.
  func boolean(_ key: String) throws(DefinitionError) -> Bool? {
    guard let node = values[key] else { return nil }
    if let scalar = node.scalar, scalar.style == .plain,
      let value = ["true": true, "false": false][scalar.string]
    {
      return value
    }
    throw error(key, "'\(key)' takes true or false: write one of them, without quotation marks")
  }

  /// A number.
  func number(_ key: String, _ words: String) throws(DefinitionError) -> DecimalNumber? {
    guard let node = values[key] else { return nil }
    if let scalar = node.scalar, scalar.style == .plain, let value = try? DecimalNumber(scalar.string) {
      return value
    }
    throw error(key, "'\(key)' takes \(words)")
  }

  /// A list of texts.
  func texts(_ key: String, _ words: String) throws(DefinitionError) -> [(text: String, mark: Mark?)]? {
    guard let node = values[key] else { return nil }
    guard case .sequence(let sequence) = node else { throw error(key, "'\(key)' takes \(words)") }
    var texts: [(text: String, mark: Mark?)] = []
    for element in sequence {
      guard let scalar = element.scalar else {
        throw YAMLProblem(file).error(element.mark, "'\(key)' takes \(words)")
      }
      texts.append((scalar.string, scalar.mark))
    }
    return texts
  }
}
