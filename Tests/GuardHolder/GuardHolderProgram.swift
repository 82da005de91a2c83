import DynamoJournalClient
import Foundation
import DynamoJournalHTTP
import DynamoJournalTables

/// A program for tests that takes the guard of a table and holds it until it is ended, which may be by SIGKILL:
/// `guard-holder TARGET TABLE JOURNAL RUN`. It prints `taken FENCE`, or `held` and by whom, and then ends with 5.
@main
struct GuardHolderProgram {
  static func main() async throws {
    let words = CommandLine.arguments
    guard words.count == 5, let token = GuardToken.token(ofJournalAt: words[3]) else { exit(64) }
    guard let guards = try await store(words[1]).guards else { exit(2) }
    let holder = GuardHolder(
      owner: "process \(ProcessInfo.processInfo.processIdentifier)", journal: "journal", run: words[4],
      token: token)
    let lease = GuardLease(guards, on: [words[2]], for: holder)
    do {
      for taken in try await lease.take() { say("taken \(taken.claim.fence)") }
    } catch let held as GuardHeld {
      say("held \(held)")
      exit(5)
    }
    await lease.renewUntilCancelled()
  }

  private static func store(_ target: String) throws -> any TableStore {
    guard target.hasPrefix("http") else { return try EmbeddedStore(path: target) }
    let client = DynamoDBClient(
      endpoint: try ServiceEndpoint(target, region: "us-east-1"), credentials: TestKeys(),
      http: try HTTPClient(configuration: HTTPClient.Configuration(environment: [:])))
    return DynamoDBStore(client: client)
  }

  private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

private struct TestKeys: CredentialsSource {
  func credentials() async throws -> AWSCredentials {
    AWSCredentials(accessKeyID: "test", secretAccessKey: "test")
  }
  func invalidate(_ refused: AWSCredentials) async {}
}
