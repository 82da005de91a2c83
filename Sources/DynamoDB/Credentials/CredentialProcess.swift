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

  /// Runs the program and reads version 1 of its output; when it fails, the last line of its standard error is told.
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
    switch await run.outcome(within: seconds, until: surroundings.interruption) {
    case .interrupted: throw .stopped
    case .notStarted: throw .process(.notStarted)
    case .timedOut: throw .process(.timedOut(seconds: seconds))
    case .tooMuchOutput: throw .service("its credential_process", .unreadableReply(field: nil))
    case .ended(let status, _, let errors) where status != 0:
      throw .process(.failed(status, saying: Self.lastLine(errors)))
    case .ended(_, let output, _): return output
    }
  }

  private static let longestLine = 200

  /// The last line that the program wrote to standard error, cut; nil when there is none.
  private static func lastLine(_ errors: [UInt8]) -> String? {
    let lines = String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let line = lines.last(where: { !$0.trimmingCharacters(in: .whitespaces).isEmpty }) else {
      return nil
    }
    let plain = String(
      String.UnicodeScalarView(
        line.unicodeScalars.prefix(longestLine).filter { $0.properties.generalCategory != .control }))
    return plain.trimmingCharacters(in: .whitespaces)
  }
}
