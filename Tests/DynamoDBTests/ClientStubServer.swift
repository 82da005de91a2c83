import FlyingFox
import FlyingSocks
import DynamoJournalTables
import Foundation

@testable import DynamoJournalClient

/// Runs `body` with a store on a server that follows a script.
func withScript<Outcome>(
  _ answers: [String: [StubAnswer]], credentials: any CredentialsSource = FixedCredentials(),
  accounts: AccountCheck? = nil, configuration: DynamoDBClient.Configuration = .hasty(),
  patience: DynamoDBStore.Patience = DynamoDBStore.Patience(),
  interruption: Interruption? = nil, control: WorkControl? = nil,
  _ body: (DynamoDBStore, Script) async throws -> Outcome
) async throws -> Outcome {
  let script = Script(answers)
  let handler = ClosureHTTPHandler { request in
    var headers: [String: String] = [:]
    for (name, value) in request.headers { headers[name.rawValue.lowercased()] = value }
    let bytes = Array(try await request.bodyData)
    let call = try StubCall(target: headers["x-amz-target"] ?? "", headers: headers, bytes: bytes)
    let answer = await script.answer(call)
    // Silent until the server is stopped.
    if answer.isSilent { try await Task.sleep(for: .seconds(86_400)) }
    var replyHeaders = HTTPHeaders()
    for (name, value) in answer.headers { replyHeaders[HTTPHeader(name)] = value }
    return HTTPResponse(
      statusCode: HTTPStatusCode(answer.status, phrase: "As Asked"), headers: replyHeaders,
      body: Data(answer.body))
  }
  let server = HTTPServer(
    address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 3_600, logger: .disabled, handler: handler)
  let running = Task { try await server.run() }
  try await server.waitUntilListening(timeout: 600)
  guard case .ip4(_, let port) = await server.listeningAddress else { throw StubProblem.noPort }
  let result: Result<Outcome, any Error>
  do {
    result = .success(
      try await withStore(
        at: "http://127.0.0.1:\(port)", credentials: credentials, accounts: accounts,
        configuration: configuration, patience: patience, interruption: interruption,
        control: control
      ) { try await body($0.store, script) })
  } catch {
    result = .failure(error)
  }
  await server.stop()
  running.cancel()
  _ = await running.result
  return try result.get()
}

enum StubProblem: Error { case noPort }
