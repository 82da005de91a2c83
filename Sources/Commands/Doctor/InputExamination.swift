import Foundation
import DynamoJournalHTTP
import DynamoJournalReports
import DynamoJournalRunner

/// Asks the API and the RPC endpoint what a run would ask, and looks at the beginning of what they reply.
struct InputExamination {
  /// More of a reply than this is not read.
  private static let enough = 8 << 20
  private static let patience = Duration.seconds(20)

  let settings: Settings
  /// Whether the replies are those of all migrations, of which few may be meant.
  let isGeneral: Bool
  let isVerbose: Bool
  /// Whether a key may go to another machine in the clear.
  let allowsPlainText: Bool

  func examine(_ needs: [Needs.Input]) async -> [Check] {
    guard !needs.isEmpty else {
      return [Check(.input, .skip, "nothing is asked: API_URL and AZTEC_RPC_URL are not set or not needed")]
    }
    let client: HTTPClient
    do { client = try HTTPClient(logger: isVerbose ? Console.logger("http") : nil) } catch {
      return [Check(.input, saying: error.explanation)]
    }
    var checks: [Check] = []
    for need in needs { checks.append(await check(need, client)) }
    await client.shutdown()
    return checks
  }

  private func check(_ need: Needs.Input, _ client: HTTPClient) async -> Check {
    let request: InputRequest
    do { request = try need.request(settings) } catch {
      return Check(.input, of: need.variable, saying: Ending.explanation(error))
    }
    let subject = request.source
    if isGeneral && isMissingFile(request.url) {
      return Check(.input, of: subject, .skip, "there is no such file, and perhaps none is needed")
    }
    do {
      let (reply, isWhole) = try await fetch(request, client)
      guard let flaw = need.flaw(in: reply, isWhole: isWhole) else {
        return Check(
          .input, of: subject, .ok,
          (isWhole ? "replies as it must" : "replies, at length")
            + (client.proxy(for: request.url).map { " through the proxy \($0)" } ?? ""))
      }
      return Check(
        .input, of: subject, .fail,
        InputSecrets(request).areIn(flaw)
          ? "the reply can't be used, and repeats a secret of the request"
          : "the reply can't be used: \(flaw)",
        remedy: "check that \(need.variable) points to the right server and environment")
    } catch let error as InputError {
      return Check(.input, of: subject, .fail, error.reason, remedy: error.remedy)
    } catch {
      return Check(.input, of: subject, saying: Ending.explanation(error))
    }
  }

  private func isMissingFile(_ url: String) -> Bool {
    guard let url = URL(string: url), url.isFileURL else { return false }
    return !FileManager.default.fileExists(atPath: url.path)
  }

  /// Ends a reply that is long enough.
  private struct Enough: Error {}

  private func fetch(_ request: InputRequest, _ client: HTTPClient) async throws -> ([UInt8], Bool) {
    var reply: [UInt8] = []
    do {
      let source = CurlInputs(
        client: client, budget: Self.patience, allowsPlainText: allowsPlainText, maximumAttempts: 1)
      try await source.fetch(request) { piece in
        reply += piece
        if reply.count > Self.enough { throw Enough() }
      }
      return (reply, true)
    } catch is Enough {
      return (reply, false)
    }
  }
}
