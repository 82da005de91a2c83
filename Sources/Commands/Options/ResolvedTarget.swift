import DynamoJournalProgram
import DynamoJournalRunner

/// A target and what names it.
struct ResolvedTarget {
  /// Where the tables are.
  let target: Target
  /// What names it: an option, a variable and where that stands, or nothing.
  let source: String

  /// The target by option, else by the environment alone, else by the file, else the embedded store.
  ///
  /// A variable of the environment takes the place of the same one in the file. Where the file would lead elsewhere by
  /// another variable, nobody can say which of the two is meant.
  /// - Throws: `Refusal` when environment and file lead to two targets, `ValidationError`.
  static func resolve(option: String?, _ variables: Variables) throws -> ResolvedTarget {
    if let option { return ResolvedTarget(target: try Target(option), source: "--target") }
    let inEnvironment = try named(Variables(variables.environment), in: nil)
    let inFile = try named(Variables(variables.unanswered), in: variables.fileName)
    switch (inEnvironment, inFile) {
    case (nil, nil): return ResolvedTarget(target: .local(path: Target.defaultPath), source: "the default")
    case (nil, let found?), (let found?, nil): return found
    case (let first?, let second?):
      guard first.target != second.target else { return first }
      throw Refusal(
        "\(first.source) names the target \(first.target.name), and \(second.source) names \(second.target.name); nothing was read or written",
        remedy: "name the one that is meant with --target")
    }
  }

  private static func named(_ variables: Variables, in file: String?) throws -> ResolvedTarget? {
    let place = file.map { " in '\($0)'" } ?? ""
    let found = { (target: Target, name: String) in ResolvedTarget(target: target, source: name + place) }
    let own = Program.variable("TARGET")
    if let words = variables[own] { return found(try Target(words), own) }
    let isLocal = try variables.boolean("IS_LOCAL")
    let isLocalServer = try variables.boolean("LOCAL_DYNAMO_DB")
    if let url = variables["DYNAMODB_ENDPOINT"] { return found(try Target(url), "DYNAMODB_ENDPOINT") }
    let localServer = Target.endpoint("http://localhost:8000")
    if isLocal == true { return found(localServer, "IS_LOCAL") }
    if isLocalServer == true { return found(localServer, "LOCAL_DYNAMO_DB") }
    return isLocal == false ? found(.aws(nil), "IS_LOCAL") : nil
  }
}

extension Variables {
  /// What the file says and the environment does not.
  fileprivate var unanswered: [String: String] {
    file.filter { (environment[$0.key] ?? "").isEmpty }
  }
}
