import FlyingFox
import Foundation
import TestSupport
import Testing

@Suite("doctor on the API and the RPC endpoint") struct DoctorInputTests {
  private static let secret = "hunter2-the-api-key"

  private func ask(
    _ status: Int, _ body: String, _ migration: String = rekeying, _ variable: String = "API_URL",
    scheme: String = "http"
  ) async throws -> DoctorAnswer {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder, owned: 1, idle: 0)
      let answers = Answers()
      let isAPI = variable == "API_URL"
      try await withServer({ request in
        if isAPI && request.headers[HTTPHeader("x-api-key")] != Self.secret {
          return HTTPResponse(statusCode: .internalServerError)
        }
        return HTTPResponse(statusCode: HTTPStatusCode(status, phrase: "As Asked"), body: Data(body.utf8))
      }) { url in
        let host = url.dropFirst("http://".count)
        let address = "\(scheme)://somebody:\(Self.secret)@\(host)/base"
        let outcome = try await data.product([variable: address, "BACKEND_API_KEY": Self.secret])
          .run("doctor", migration, "--format", "json", "--verbose")
        #expect(outcome.status == 2)
        for text in [outcome.output, outcome.errors] { #expect(!text.contains(Self.secret), "\(text)") }
        await answers.add(try outcome.decoded(DoctorAnswer.self))
      }
      return try #require(await answers.answer)
    }
  }

  /// What the doctor said.
  private actor Answers {
    private(set) var answer: DoctorAnswer?

    func add(_ answer: DoctorAnswer) { self.answer = answer }
  }

  @Test(
    "a bad answer of the API is told with the setting to look at",
    arguments: [
      (401, "no", "HTTP status 401", "BACKEND_API_KEY"), (403, "no", "HTTP status 403", "BACKEND_API_KEY"),
      (404, "no", "HTTP status 404", "API_URL"),
      (500, "no", "HTTP status 500", "check that the server is well"),
      (302, "", "HTTP status 302", "final address"),
      (200, "<!DOCTYPE html><title>Sign in</title>", "it is HTML", "API_URL"),
      (200, "hello", "not valid JSON", "API_URL"), (200, "", "not valid JSON", "API_URL"),
      (200, #"{"success":false,"data":{"validators":[]}}"#, "'success' is not true", "API_URL"),
      (200, #"{"success":true,"data":{}}"#, "'data.validators' is missing", "API_URL"),
      (200, "[]", "it is not an object", "API_URL"),
    ])
  func badAnswers(status: Int, body: String, found: String, remedy: String) async throws {
    expectFailure(try await ask(status, body), "input", found: found, remedy: remedy)
  }

  @Test("a good answer of the API is one, and the key was sent")
  func good() async throws {
    let reply = OperatorFolder("").reply
    let answer = try await ask(200, reply)
    #expect(answer.checks("input").map(\.mark) == ["ok"], "\(answer.checks)")
  }

  @Test(
    "an error of the RPC endpoint is told with its code",
    arguments: [
      (#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}"#, "error -32601"),
      (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "'result.stats' is missing"),
    ])
  func rpc(body: String, found: String) async throws {
    let answer = try await ask(200, body, "05_populate_validator_history", "AZTEC_RPC_URL")
    expectFailure(answer, "input", found: found, remedy: "AZTEC_RPC_URL")
  }

  @Test("a server that does not speak TLS, and one that is not there, are told")
  func unreachable() async throws {
    let plain = try await ask(200, "", scheme: "https")
    expectFailure(plain, "input", found: "no trusted TLS connection", remedy: "certificate")
    try await withTemporaryFolder { folder in
      // Port 1 is reserved (tcpmux), and nobody serves it here.
      let answer = try await OperatorFolder(folder).doctor(
        [rekeying], ["API_URL": "http://127.0.0.1:1", "BACKEND_API_KEY": Self.secret])
      expectFailure(answer, "input", found: "nobody answers at '127.0.0.1:1'", remedy: "server is running")
      let keyless = try await OperatorFolder(folder).doctor([rekeying], ["API_URL": "http://127.0.0.1:1"])
      expectFailure(keyless, "input", found: "BACKEND_API_KEY is not set", remedy: "set it")
    }
  }
}
