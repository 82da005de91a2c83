import Foundation
import Runner
import Tables

/// Where the tables are.
enum Target: Hashable, Sendable {
  /// The embedded store in that file.
  case local(path: String)
  /// Amazon's DynamoDB.
  case aws
  /// A DynamoDB-compatible server.
  case endpoint(String)

  static let defaultPath = ".sparta/tables.sqlite"

  /// Reads the words of `--target`.
  init(_ words: String) throws {
    if words == "local" {
      self = .local(path: Target.defaultPath)
    } else if words == "aws" {
      self = .aws
    } else if words.hasPrefix("local:"), words.count > 6 {
      self = .local(path: String(words.dropFirst(6)))
    } else if words.hasPrefix("http://") || words.hasPrefix("https://") {
      self = .endpoint(words)
    } else {
      throw Refusal(
        "'\(words)' is no target: use local, local:PATH, aws, or the URL of a DynamoDB-compatible server")
    }
  }

  /// The target by option, environment and default, so that nothing reaches AWS unless somebody said so.
  static func resolve(option: String?, _ variables: Variables) throws -> Target {
    if let words = option ?? variables["SPARTA_TARGET"] { return try Target(words) }
    let isLocal = try variables.boolean("IS_LOCAL")
    let isLocalServer = try variables.boolean("LOCAL_DYNAMO_DB")
    if let endpoint = variables["DYNAMODB_ENDPOINT"] { return try Target(endpoint) }
    if isLocal == true || isLocalServer == true { return .endpoint("http://localhost:8000") }
    return isLocal == false ? .aws : .local(path: defaultPath)
  }

  /// As the journal and the output name it.
  var name: String {
    switch self {
    case .local(let path): "local:\(path)"
    case .aws: "aws"
    case .endpoint(let url): url
    }
  }

  /// Whether it is the embedded store, which needs no confirmation without a terminal.
  var isEmbedded: Bool { if case .local = self { true } else { false } }

  /// Opens the store.
  ///
  /// - Parameter creating: whether an embedded store is made where there is none.
  func open(creating: Bool) throws -> any TableStore {
    switch self {
    case .local(let path):
      guard creating || FileManager.default.fileExists(atPath: path) else {
        throw Refusal(
          "there is no embedded store at '\(path)': load a table with 'sparta-journal tables import', or name another with --target"
        )
      }
      return try EmbeddedStore(path: path)
    case .aws, .endpoint:
      throw Refusal(
        "this version works on the embedded store only: use --target local or --target local:PATH")
    }
  }
}
