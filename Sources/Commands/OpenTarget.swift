import DynamoJournalProgram
import Foundation
import DynamoJournalRunner
import DynamoJournalTables

/// A target that is ready to be read and written.
struct OpenTarget {
  /// As the journal names it; for AWS with account and region, so that a run is never resumed elsewhere.
  let name: String
  /// As people are told: for AWS with the caller.
  let description: String
  /// The tables.
  let store: any TableStore
  /// The AWS caller.
  let caller: String?
  /// The id of the AWS access key that is used, which is not a secret; nil for other targets.
  var accessKeyID: String?
  /// The options that take the `aws` command to the same tables; nil for the embedded store.
  var awsOptions: String?
  /// Whether it is a server on this machine.
  var isLoopback = false
  /// Where the file of an embedded store is: absolute, and without links on the way; nil for a server.
  var location: String?

  /// Opens a target.
  ///
  /// - Parameters:
  ///   - creating: whether an embedded store is made where there is none.
  ///   - stop: ends every wait for a server.
  static func open(
    _ target: Target, _ common: CommonOptions, _ variables: Variables, creating: Bool,
    stop: StopSignal? = nil
  ) async throws -> OpenTarget {
    switch target {
    case .local(let path): return try local(path, target.name, creating: creating)
    case .endpoint(let url): return try await TargetWire(common, variables, stop).open(endpoint: url)
    case .aws(let pinned): return try await TargetWire(common, variables, stop).open(aws: pinned)
    }
  }

  /// Opens an embedded store.
  static func local(_ path: String, _ name: String, creating: Bool) throws -> OpenTarget {
    guard creating || FileManager.default.fileExists(atPath: path) else { throw missingStore(path) }
    let store = try EmbeddedStore(path: path)
    return OpenTarget(
      name: name, description: name, store: store, caller: nil, location: EmbeddedStore.location(of: path))
  }

  /// What is said of an embedded store that is not there.
  static func missingStore(_ path: String) -> Refusal {
    Refusal(
      "there is no embedded store at '\(path)'",
      remedy: "load a table with '\(Program.command("tables import"))', or name another with --target")
  }
}
