import Yams

/// A file as YAML: one document, without anchors, tags or depth.
struct YAMLDocument {
  /// Levels: the keys of a migration need four.
  private static let deepest = 40
  /// Aliases that may be followed until it is known whether there are any: so few can't be made to grow.
  private static let mostAliases = 16

  let file: FileText
  /// What stands in it.
  let root: Node

  /// Reads a document.
  ///
  /// - Throws: `DefinitionError`.
  init(_ file: FileText) throws(DefinitionError) {
    self.file = file
    try Self.checkAliases(file)
    do {
      let parser = try Parser(yaml: file.yaml, resolver: .basic, encoding: .utf8)
      guard let root = try parser.nextRoot(), !Self.isNothing(root) else {
        throw file.error(
          line: 1, column: 1, "the file is empty: write at least 'table' and what to do with its items")
      }
      if let second = try parser.nextRoot() {
        throw YAMLProblem(file).error(
          second.mark, "a second document begins here: write one migration a file")
      }
      // Anchors live as long as the parser.
      try withExtendedLifetime(parser) { try Self.check(root, file, depth: 0) }
      self.root = root
    } catch let error as DefinitionError {
      throw error
    } catch let error as YamlError {
      throw YAMLProblem(file).error(error)
    } catch {
      throw file.error("this can't be read as YAML: check it with an editor that knows YAML")
    }
  }

  private static func isNothing(_ node: Node) -> Bool {
    guard let scalar = node.scalar else { return false }
    return scalar.string.isEmpty && scalar.style == .plain
  }

  private static func check(_ node: Node, _ file: FileText, depth: Int) throws {
    let problem = YAMLProblem(file)
    if depth > deepest {
      throw problem.error(node.mark, "this is nested deeper than \(deepest) levels: no key of a migration is")
    }
    if node.anchor != nil { throw problem.anchor(node.mark) }
    // A tag stands where the node begins; nothing else can begin so.
    if let mark = node.mark, file.scalar(line: mark.line, column: mark.column) == "!" {
      throw problem.error(node.mark, "tags such as !!str are not used here: leave the tag out")
    }
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        try check(key, file, depth: depth + 1)
        try check(value, file, depth: depth + 1)
      }
    case .sequence(let sequence): for element in sequence { try check(element, file, depth: depth + 1) }
    case .scalar: break
    case .alias: throw problem.anchor(node.mark)
    }
  }

  /// Anchors are refused once the document is read; this keeps those from being followed that double at each step.
  private static func checkAliases(_ file: FileText) throws(DefinitionError) {
    var count = 0
    for (number, line) in file.lines.enumerated() {
      var before: Unicode.Scalar = " "
      let scalars = Array(line.unicodeScalars)
      for (column, scalar) in scalars.enumerated() {
        let follows = column + 1 < scalars.count && scalars[column + 1] != " "
        if scalar == "*", follows, [" ", "[", "{", ",", ":", "\t"].contains(before) { count += 1 }
        if count > mostAliases {
          throw file.error(line: number + 1, column: column + 1, YAMLProblem.anchorWords)
        }
        before = scalar
      }
    }
  }
}
