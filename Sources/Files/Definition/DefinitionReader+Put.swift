import DynamoJournalExpressions
import DynamoJournalTables
import Yams

/// `put`
extension DefinitionReader {
  func put() throws(DefinitionError) -> MigrationDefinition.Put? {
    guard let node = fields["put"] else { return nil }
    let inner = try FileFields(node, keys: ["into", "item", "set"], of: "put", file)
    guard let into = try inner.source("into", clause: "put.into") else {
      throw YAMLProblem(file).error(
        node.mark, "'put' has no 'into': name the table that the items are put into")
    }
    return MigrationDefinition.Put(
      into: try NameTemplate(into), item: try inner["item"].map(item),
      set: try inner.source("set", clause: "put.set"))
  }

  /// An expression as text; a map in braces, which is one too; or a mapping with an expression for each attribute.
  private func item(_ node: Node) throws(DefinitionError) -> ItemExpression.Source {
    if case .scalar(let scalar) = node {
      return .expression(FileFields.source(scalar, clause: "put.item", file))
    }
    if case .mapping(let mapping) = node, !hasQuotedNames(mapping),
      let text = BracedText.read(node.mark, in: file)
    {
      return .expression(text)
    }
    guard case .mapping = node else {
      throw YAMLProblem(file).error(
        node.mark, "'put.item' is a map: write for example item: {id: id, city: address.city}")
    }
    return try member(node)
  }

  /// As JSON has them: what stands in it are then texts of JSON with expressions in them.
  private func hasQuotedNames(_ mapping: Node.Mapping) -> Bool {
    mapping.contains { $0.key.scalar?.style == .doubleQuoted }
  }

  private func member(_ node: Node) throws(DefinitionError) -> ItemExpression.Source {
    switch node {
    case .scalar(let scalar): return .expression(member(scalar))
    case .sequence(let sequence):
      var elements: [ItemExpression.Source] = []
      for element in sequence { elements.append(try member(element)) }
      return .elements(elements)
    case .mapping(let mapping):
      if !hasQuotedNames(mapping), let text = BracedText.read(node.mark, in: file) {
        return .expression(text)
      }
      var members: [(name: Text, value: ItemExpression.Source)] = []
      for (key, value) in mapping {
        guard let name = key.scalar?.string, !name.isEmpty else {
          throw YAMLProblem(file).error(
            key.mark, "the name of an attribute is a word: write for example id: id")
        }
        members.append((Text(name), try member(value)))
      }
      return .members(members)
    case .alias: throw YAMLProblem(file).anchor(node.mark)
    }
  }

  /// A text in single quotation marks is one in the language of expressions, too.
  private func member(_ scalar: Node.Scalar) -> ExpressionSource {
    let source = FileFields.source(scalar, clause: "put.item", file)
    guard scalar.style == .singleQuoted else { return source }
    return ExpressionSource(
      "'" + scalar.string.replacing("'", with: "''") + "'", clause: source.clause, file: source.file,
      line: source.line, column: source.column - 1)
  }
}

/// The text between braces, as it stands in the file: a map of the language of expressions.
enum BracedText {
  /// Reads from an opening brace to the one that closes it; nil where there is none.
  static func read(_ mark: Mark?, in file: FileText) -> ExpressionSource? {
    guard let mark, file.scalar(line: mark.line, column: mark.column) == "{" else { return nil }
    var text = String.UnicodeScalarView()
    var places: [SourceMap.Place] = []
    var depth = 0
    var quote: Unicode.Scalar?
    for number in (mark.line - 1)..<file.lines.count {
      let start = number == mark.line - 1 ? mark.column - 1 : 0
      for (column, scalar) in file.lines[number].unicodeScalars.enumerated().dropFirst(start) {
        text.append(scalar)
        places.append(SourceMap.Place(line: number + 1, column: column + 1))
        if let open = quote {
          if scalar == open { quote = nil }
          continue
        }
        switch scalar {
        case "'", "`": quote = scalar
        case "{": depth += 1
        case "}": depth -= 1
        default: break
        }
        if depth == 0 { return source(text, places, file) }
      }
      text.append("\n")
      places.append(SourceMap.Place(line: number + 1, column: file.lines[number].unicodeScalars.count + 1))
    }
    return nil
  }

  private static func source(
    _ text: String.UnicodeScalarView, _ places: [SourceMap.Place], _ file: FileText
  ) -> ExpressionSource {
    let end = places.last.map { [SourceMap.Place(line: $0.line, column: $0.column + 1)] } ?? []
    return ExpressionSource(
      String(text), clause: "put.item", file: file.path, line: places.first?.line ?? 1,
      column: places.first?.column ?? 1, map: SourceMap(lines: file.lines, places: places + end))
  }
}
