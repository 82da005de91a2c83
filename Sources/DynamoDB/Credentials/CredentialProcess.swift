import Foundation
import DynamoJournalJSON

/// A program that prints credentials
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
struct CredentialProcess {
  typealias Reason = CredentialsError.Reason

  let surroundings: CredentialsSurroundings
  let profile: String
  /// The setting as it is in the file.
  let command: String

  /// Runs the program and reads version 1 of its output; what it says on standard error is dropped.
  func credentials() async throws(Reason) -> AWSCredentials {
    guard let words = CommandWords.words(command), let name = words.first else {
      throw .badValue("credential_process of '\(profile)'", needed: "a program, with its quotes closed")
    }
    let path = surroundings.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
    guard let program = CommandWords.program(name, path: path) else { throw .process(.notStarted) }
    let output = try await run(program, Array(words.dropFirst()))
    let source = "its credential_process"
    guard let json = try? JSONValue(parsing: output) else {
      throw .service(source, .unreadableReply(field: nil))
    }
    guard json["Version"]?.integerValue == 1 else {
      throw .service(source, .unreadableReply(field: "Version 1"))
    }
    return try CredentialsReply.credentials(json, names: .process) {
      .service(source, .unreadableReply(field: $0))
    }
  }

  private func run(_ program: String, _ arguments: [String]) async throws(Reason) -> [UInt8] {
    let run = ProgramRun(program, arguments, environment: surroundings.environment)
    let seconds = surroundings.processSeconds
    switch await run.outcome(within: seconds) {
    case .notStarted: throw .process(.notStarted)
    case .timedOut: throw .process(.timedOut(seconds: seconds))
    case .tooMuchOutput: throw .service("its credential_process", .unreadableReply(field: nil))
    case .ended(let status, _) where status != 0: throw .process(.failed(status))
    case .ended(_, let output): return output
    }
  }
}
