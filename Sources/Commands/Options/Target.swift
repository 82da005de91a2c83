import DynamoJournalProgram
import ArgumentParser
import Foundation
import DynamoJournalRunner
import DynamoJournalTables

/// Where the tables are.
///
/// Servers are compared by their address, whatever its spelling. Two spellings of a path are two targets here: which file
/// they lead to, and whether it is the one of a run, is only known once it is looked at (`RecordedTarget`).
enum Target: Sendable {
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

  /// The address of a server; nil for another target, and for a URL that is none, which is refused when it is opened.
  var address: ServerAddress? { if case .endpoint(let url) = self { ServerAddress(url) } else { nil } }

  static let defaultPath = "\(Program.folder)/tables.sqlite"

  /// Reads the words of `--target`.
  init(_ words: String) throws {
    if words == "local" {
      self = .local(path: Target.defaultPath)
    } else if words == "aws" {
      self = .aws(nil)
    } else if let account = Target.account(words) {
      self = .aws(account)
    } else if words.hasPrefix("local:"), words.count > 6 {
      let home = ProcessInfo.processInfo.environment["HOME"]
      self = .local(path: try LocalPath.resolve(String(words.dropFirst(6)), "the embedded store", home: home))
    } else if WebAddress.isMeant(by: words) {
      // Nothing of it is repeated: it may hold a password.
      guard let address = ServerAddress(words) else { throw ValidationError(Target.noServer) }
      self = .endpoint("\(address.scheme)://\(address.authority)")
    } else {
      throw ValidationError(
        "'\(words)' is not a target: use local, local:PATH, aws, or the URL of a DynamoDB-compatible server")
    }
  }

  private static let noServer =
    "the target is not the URL of a server: write scheme, host and port alone, such as http://127.0.0.1:8000, without user name, password or path"

  /// The target by option, environment and default, so that nothing reaches AWS unless somebody said so.
  static func resolve(option: String?, _ variables: Variables) throws -> Target {
    try ResolvedTarget.resolve(option: option, variables).target
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
      "the journal has runs on \(accounts.joined(separator: ", "))",
      remedy: "name one of them with --target")
  }

  /// Whether it is Amazon's DynamoDB.
  var isAWS: Bool { if case .aws = self { true } else { false } }

  /// Whether it is the embedded store, which needs no confirmation without a terminal.
  var isEmbedded: Bool { if case .local = self { true } else { false } }
}

extension Target: Hashable {
  /// What is compared: the address of a server that has one, else the name.
  private var identifier: String { address.map { "\($0)" } ?? name }

  static func == (left: Target, right: Target) -> Bool { left.identifier == right.identifier }

  func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}
