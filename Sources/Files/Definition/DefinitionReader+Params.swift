import DynamoJournalTables
import Yams

/// `params`
extension DefinitionReader {
  func parameters() throws(DefinitionError) -> [Parameter] {
    guard let node = fields["params"] else { return [] }
    guard case .mapping(let mapping) = node else {
      throw fields.error(
        "params",
        "'params' takes names with a type each: write for example plan: {type: string, default: free}")
    }
    var parameters: [Parameter] = []
    for (key, value) in mapping { parameters.append(try parameter(key, value)) }
    return parameters
  }

  private func parameter(_ key: Node, _ value: Node) throws(DefinitionError) -> Parameter {
    let problem = YAMLProblem(file)
    guard let name = key.scalar?.string, name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
      throw problem.error(
        key.mark,
        "the name of a parameter has letters, digits and '_' and does not begin with a digit: rename it")
    }
    if Parameter.taken.contains(name) {
      throw problem.error(key.mark, "every run has a '$\(name)' of its own: give the parameter another name")
    }
    // A type alone is short for a parameter that has to be given.
    if let scalar = value.scalar {
      return Parameter(name: name, kind: try kind(scalar, value.mark), fallback: nil)
    }
    let inner = try FileFields(value, keys: ["type", "default"], of: "params.\(name)", file)
    guard let type = inner["type"], let scalar = type.scalar else {
      throw problem.error(
        value.mark, "the parameter '\(name)' has no type: write type: string, number or boolean")
    }
    let kind = try kind(scalar, type.mark)
    return Parameter(name: name, kind: kind, fallback: try fallback(inner, kind, name))
  }

  private func kind(_ scalar: Node.Scalar, _ mark: Mark?) throws(DefinitionError) -> Parameter.Kind {
    if let kind = Parameter.Kind(rawValue: scalar.string) { return kind }
    throw YAMLProblem(file).error(
      mark, "'\(scalar.string.prefix(60))' is not a type of parameters: write string, number or boolean")
  }

  private func fallback(
    _ inner: FileFields, _ kind: Parameter.Kind, _ name: String
  ) throws(DefinitionError) -> AttributeValue? {
    guard let node = inner["default"] else { return nil }
    guard let scalar = node.scalar, let value = kind.value(scalar.string),
      kind == .string || scalar.style == .plain
    else {
      throw inner.error("default", "the parameter '\(name)' is a \(kind.rawValue): give it \(kind.words)")
    }
    return value
  }
}
