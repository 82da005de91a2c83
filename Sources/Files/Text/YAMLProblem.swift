import DynamoJournalExpressions
import Yams

/// What the YAML parser has to say, in words that tell what to type instead.
struct YAMLProblem {
  static let anchorWords = "anchors and aliases are not used here: write the value out where it is needed"
  private static let quoteWords =
    "put the whole value in double quotation marks, or on lines of its own after '|'"

  private let file: FileText

  init(_ file: FileText) { self.file = file }

  /// An error at a mark.
  func error(_ mark: Mark?, _ problem: String, width: Int = 1) -> DefinitionError {
    guard let mark else { return file.error(problem) }
    return file.error(line: mark.line, column: mark.column, width: width, problem)
  }

  private func error(_ place: SourceMap.Place, _ problem: String) -> DefinitionError {
    file.error(line: place.line, column: place.column, problem)
  }

  func anchor(_ mark: Mark?) -> DefinitionError { error(mark, Self.anchorWords) }

  /// The parser's error.
  func error(_ error: YamlError) -> DefinitionError {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return self.error(context, problem, mark)
    case .duplicatedKeysInMapping(let names, let context):
      return duplicate(names.first ?? "", after: context.mark)
    default:
      return file.error("this can't be read as YAML: check it with an editor that knows YAML")
    }
  }

  private func error(_ context: YamlError.Context?, _ problem: String, _ mark: Mark) -> DefinitionError {
    if problem.contains("undefined alias") { return anchor(mark) }
    if problem.contains("unexpected end of stream"), let context, context.text.contains("quoted") {
      return error(context.mark, "the quotation mark that begins here is never closed: close it")
    }
    if let tab = tab(at: mark, problem) {
      return error(tab, "a tab stands where YAML takes spaces alone: replace it by spaces")
    }
    if problem.contains("cannot start any token"),
      let scalar = file.scalar(line: mark.line, column: mark.column)
    {
      return error(mark, "in YAML a value can't begin with '\(scalar)': \(Self.quoteWords)")
    }
    if problem.contains("mapping values are not allowed") {
      return error(mark, "in YAML a colon and a space begin a new value: \(Self.quoteWords)")
    }
    if problem.contains("nesting") || problem.contains("maximum") {
      return error(mark, "this is nested too deeply: no key of a migration is")
    }
    if problem.contains("Unicode character escape") {
      return error(
        mark,
        "half of a pair of surrogates is no character, and YAML has no such pairs: write the character itself, or its number as in \\U0001F600"
      )
    }
    if let start = quotedStart(of: mark, problem) {
      return error(
        start, "in YAML a value that begins with a quotation mark ends at the next one: \(Self.quoteWords)")
    }
    return error(
      mark, "this can't be read as YAML (\(problem)): look at the indents, colons and quotation marks here")
  }

  /// The tab that is meant, if one is: in front of the place, or at it.
  private func tab(at mark: Mark, _ problem: String) -> SourceMap.Place? {
    guard file.lines.indices.contains(mark.line - 1) else { return nil }
    let line = Array(file.lines[mark.line - 1].unicodeScalars)
    if let column = line.prefix(while: { $0 == " " || $0 == "\t" }).firstIndex(of: "\t") {
      return SourceMap.Place(line: mark.line, column: column + 1)
    }
    return problem.contains("tab") ? SourceMap.Place(line: mark.line, column: mark.column) : nil
  }

  /// Where a value begins with a quotation mark in a line that goes on behind the closing one.
  private func quotedStart(of mark: Mark, _ problem: String) -> SourceMap.Place? {
    guard problem.contains("did not find expected"), file.lines.indices.contains(mark.line - 1) else {
      return nil
    }
    let line = Array(file.lines[mark.line - 1].unicodeScalars)
    for column in line.indices.dropFirst(2) where line[column] == "'" || line[column] == "\"" {
      if line[column - 1] == " ", line[column - 2] == ":" {
        return SourceMap.Place(line: mark.line, column: column + 1)
      }
    }
    return nil
  }

  /// The second of two equal keys is the one that is shown, where it is found.
  private func duplicate(_ name: String, after first: Mark) -> DefinitionError {
    let words = "the key '\(name)' stands here twice: remove one of them"
    for number in file.lines.indices where number + 1 > first.line {
      let line = Array(file.lines[number].unicodeScalars)
      guard line.count >= first.column - 1, line.prefix(first.column - 1).allSatisfy({ $0 == " " }) else {
        continue
      }
      let text = String(String.UnicodeScalarView(line.dropFirst(first.column - 1)))
      if [name, "'\(name)'", "\"\(name)\""].contains(where: { text.hasPrefix($0 + ":") }) {
        return file.error(line: number + 1, column: first.column, width: name.unicodeScalars.count, words)
      }
    }
    return file.error(line: first.line, column: first.column, width: name.unicodeScalars.count, words)
  }
}
