import DynamoJournalExpressions
import DynamoJournalTables
import Yams

/// `exec` and what goes with it
extension DefinitionReader {
  func program() throws(DefinitionError) -> ProgramDefinition? {
    let words = "a list, the program first: write for example exec: [node, 08_lowercase.mjs]"
    guard let arguments = try fields.texts("exec", words) else {
      for key in ["env", "inputs", "timeout"] where fields[key] != nil {
        throw fields.error(key, "'\(key)' is for a program: add 'exec', or leave it out")
      }
      return nil
    }
    guard let first = arguments.first, !first.text.isEmpty else {
      throw fields.error("exec", "'exec' takes \(words)")
    }
    var names: [String] = []
    for (text, mark) in try fields.texts(
      "env", "a list of names of variables: write for example env: [STAGE]") ?? []
    {
      guard text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
        throw YAMLProblem(file).error(
          mark, "'\(text.prefix(60))' is not the name of a variable: write it without '=' and value")
      }
      names.append(text)
    }
    let timeWords = "a number of seconds above 0: write for example timeout: 30"
    let time = try fields.number("timeout", timeWords).flatMap { Double($0.text) }
    if let time, time <= 0 || !time.isFinite { throw fields.error("timeout", "'timeout' takes \(timeWords)") }
    return ProgramDefinition(
      arguments: arguments.map(\.text), environment: names, timeout: time, inputs: try inputs())
  }

  private func inputs() throws(DefinitionError) -> [ProgramInput] {
    let words =
      "names with an address or a file each: write for example inputs: {prices: https://prices.example/v1.json}"
    guard let node = fields["inputs"] else { return [] }
    guard case .mapping(let mapping) = node else { throw fields.error("inputs", "'inputs' takes \(words)") }
    var inputs: [ProgramInput] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string, name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_-]{0,63}/) != nil else {
        throw YAMLProblem(file).error(
          key.mark,
          "the name of an input has letters, digits, '-' and '_' and does not begin with a digit: rename it")
      }
      guard case .scalar(let scalar) = value else {
        throw YAMLProblem(file).error(value.mark, "'inputs' takes \(words)")
      }
      inputs.append(try ProgramInput(name, FileFields.source(scalar, clause: "inputs.\(name)", file)))
    }
    return inputs
  }
}
