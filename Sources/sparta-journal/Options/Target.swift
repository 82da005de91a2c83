import ArgumentParser
import Runner

/// Where the tables are.
enum Target: Hashable, Sendable {
  /// The embedded store in that file.
  case local(path: String)
  /// Amazon's DynamoDB; in one account and region where a run is bound to them.
  case aws(Account?)
  /// A DynamoDB-compatible server.
  case endpoint(String)

  /// An account of AWS in one region.
  struct Account: Hashable, Sendable {
    let number: String
    let region: String
  }

  static let defaultPath = ".sparta/tables.sqlite"

  /// Reads the words of `--target`.
  init(_ words: String) throws {
    if words == "local" {
      self = .local(path: Target.defaultPath)
    } else if words == "aws" {
      self = .aws(nil)
    } else if let account = Target.account(words) {
      self = .aws(account)
    } else if words.hasPrefix("local:"), words.count > 6 {
      self = .local(path: String(words.dropFirst(6)))
    } else if words.hasPrefix("http://") || words.hasPrefix("https://") {
      self = .endpoint(words)
    } else {
      throw ValidationError(
        "'\(SafeURL.text(words))' is no target: use local, local:PATH, aws, or the URL of a DynamoDB-compatible server"
      )
    }
  }

  /// The target by option, environment and default, so that nothing reaches AWS unless somebody said so.
  static func resolve(option: String?, _ variables: Variables) throws -> Target {
    if let words = option ?? variables["SPARTA_TARGET"] { return try Target(words) }
    let isLocal = try variables.boolean("IS_LOCAL")
    let isLocalServer = try variables.boolean("LOCAL_DYNAMO_DB")
    if let endpoint = variables["DYNAMODB_ENDPOINT"] { return try Target(endpoint) }
    if isLocal == true || isLocalServer == true { return .endpoint("http://localhost:8000") }
    return isLocal == false ? .aws(nil) : .local(path: defaultPath)
  }

  /// `aws:123456789012:eu-west-2`, as the journal names the target of a run.
  private static func account(_ words: String) -> Account? {
    let parts = words.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[0] == "aws", !parts[1].isEmpty, !parts[2].isEmpty else { return nil }
    return Account(number: parts[1], region: parts[2])
  }

  /// As the journal and the output name it.
  var name: String {
    switch self {
    case .local(let path): "local:\(path)"
    case .aws(let account): account.map { "aws:\($0.number):\($0.region)" } ?? "aws"
    case .endpoint(let url): url
    }
  }

  /// The name by which the journal has it; AWS without an account is the one account and region that it has runs in.
  ///
  /// - Parameter journaled: the targets of the journal's runs.
  func name(among journaled: [String]) throws -> String {
    guard self == .aws(nil) else { return name }
    let accounts = Set(journaled.filter { Target.account($0) != nil }).sorted()
    guard accounts.count > 1 else { return accounts.first ?? name }
    throw Refusal(
      "the journal has runs on \(accounts.joined(separator: ", ")): name one of them with --target")
  }

  /// Whether it is the embedded store, which needs no confirmation without a terminal.
  var isEmbedded: Bool { if case .local = self { true } else { false } }
}
