import FlyingFox
import FlyingSocks
import Foundation
import TestSupport
import Testing

/// Runs a server on 127.0.0.1 that answers everything by `answer`, for as long as `body` runs.
func withServer(
  _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse, _ body: (String) async throws -> Void
) async throws {
  let handler = ClosureHTTPHandler { await answer($0) }
  let server = HTTPServer(
    address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 3_600, logger: .disabled, handler: handler)
  let running = Task { try await server.run() }
  try await server.waitUntilListening(timeout: 600)
  guard case .ip4(_, let port) = await server.listeningAddress else { throw NoPort() }
  let result: Result<Void, any Error>
  do { result = .success(try await body("http://127.0.0.1:\(port)")) } catch { result = .failure(error) }
  await server.stop()
  running.cancel()
  _ = await running.result
  try result.get()
}

struct NoPort: Error {}

@Suite("Replies of the API") struct InputTests {
  /// Runs the migration and expects a refusal: the run is in the journal, interrupted, and nothing is in the tables.
  private func expectRefused(
    _ data: OperatorFolder, _ parts: [String], _ variables: [String: String] = [:],
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await Snapshot.take(data)
    let outcome = try await data.product(variables).run("run", rekeying, "--format", "json")
    expectSentence(outcome, 2, parts, location)
    let after = try await Snapshot.take(data)
    #expect(after.items == before.items, sourceLocation: location)
    let answer = try outcome.decoded(RunAnswer.self)
    #expect(answer.state == "interrupted", sourceLocation: location)
    #expect(answer.counts["planned"] == 0, sourceLocation: location)
    #expect(answer.backups.isEmpty, sourceLocation: location)
  }

  @Test func aMissingFileIsNamed() async throws {
    try await withOperators { data in
      try FileManager.default.removeItem(atPath: data.replyFile)
      try await expectRefused(data, ["/api/api/validator/validators", "no such file"])
    }
  }

  @Test(
    "a reply that is not what it must be is refused with what is missing",
    arguments: [
      ("<html>hello</html>", "not valid JSON"),
      ("", "not valid JSON"),
      (#"{"success":true,"data":{"validators":[{"address":"0xAb""#, "not valid JSON"),
      (#"{"success":false,"data":{"validators":[]}}"#, "'success' is not true"),
      (#"{"success":true,"data":{}}"#, "'data.validators' is missing"),
      (#"{"success":true}"#, "'data' is missing"),
      (#"{"success":true,"data":{"validators":{}}}"#, "'data.validators' is not an array"),
      ("[]", "it is not an object"),
    ])
  func strangeReplies(reply: String, part: String) async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      try write(reply, to: data.replyFile)
      try await expectRefused(data, [part, "/api/validator/validators"])
    }
  }

  @Test("a run that a bad reply stopped goes on with a good one")
  func goesOnWithAGoodReply() async throws {
    try await withOperators { data in
      try write("nonsense", to: data.replyFile)
      try await expectRefused(data, ["not valid JSON", "\(data.folder)"])
      try write(data.reply, to: data.replyFile)
      // Nobody named the run, and nobody has seen its plan: that is shown first.
      let shown = try await data.product().run("resume", "--format", "json").decoded(RunAnswer.self)
      #expect(shown.state == "planned" && shown.counts["applied"] == 0)
      let answer = try await data.product().run("resume", shown.run, "--format", "json").decoded(
        RunAnswer.self)
      #expect(answer.state == "applied")
      #expect(answer.counts["applied"] == 24)
    }
  }

  @Test("over HTTP the key is sent, and neither it nor a query is ever shown or journaled")
  func theKeyIsSent() async throws {
    try await withOperators { data in
      let reply = data.reply
      try await withServer({ request in
        let isRight =
          request.path == "/base/api/validator/validators"
          && request.headers[HTTPHeader("x-api-key")] == "hunter2"
        return HTTPResponse(
          statusCode: isRight ? .ok : .unauthorized, body: Data((isRight ? reply : "no").utf8))
      }) { url in
        let secrets = ["API_URL": url + "/base/", "BACKEND_API_KEY": "hunter2"]
        let outcome = try await data.product(secrets).run("run", rekeying, "--verbose", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try outcome.decoded(RunAnswer.self).counts["applied"] == 24)
        #expect(outcome.errors.contains("GET"), "no request in: \(outcome.errors)")
        for secret in ["hunter2", "someone 3"] { #expect(!outcome.errors.contains(secret)) }
        let journal = try Data(contentsOf: URL(fileURLWithPath: data.journal))
        #expect(journal.range(of: Data("hunter2".utf8)) == nil)
      }
    }
  }

  @Test(
    "a server's refusal is named with what to do",
    arguments: [(401, "BACKEND_API_KEY"), (404, "API_URL"), (302, "redirection"), (500, "try again")])
  func statuses(status: Int, part: String) async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      try await withServer({ _ in HTTPResponse(statusCode: HTTPStatusCode(status, phrase: "As Asked")) }) {
        url in
        try await expectRefused(
          data, ["HTTP status \(status)", part], ["API_URL": url, "BACKEND_API_KEY": "hunter2"])
      }
    }
  }

  @Test("a server that nobody answers at is named")
  func nobodyThere() async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      // Port 1 is reserved (tcpmux), and nobody serves it here.
      try await expectRefused(
        data, ["nobody answers at '127.0.0.1:1'"], ["API_URL": "http://127.0.0.1:1", "BACKEND_API_KEY": "k"])
    }
  }
}
