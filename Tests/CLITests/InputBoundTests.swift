import FlyingFox
import Foundation
import TestSupport
import Testing

@testable import SpartaJournalCommands

@Suite("Bounds, retries and reasons of the API's replies") struct InputBoundTests {
  /// Answers in this order; the last one stays.
  private actor Answers {
    private var left: [HTTPResponse]
    private(set) var count = 0

    init(_ answers: [HTTPResponse]) { left = answers }

    func next() -> HTTPResponse {
      count += 1
      return left.count > 1 ? left.removeFirst() : left[0]
    }
  }

  private static func answer(_ status: Int, _ body: String) -> HTTPResponse {
    HTTPResponse(statusCode: HTTPStatusCode(status, phrase: "As Asked"), body: Data(body.utf8))
  }

  private func run(
    _ data: OperatorFolder, _ answers: [HTTPResponse], _ arguments: [String] = []
  ) async throws -> (outcome: Shell.Outcome, asked: Int) {
    let script = Answers(answers)
    var outcome: Shell.Outcome?
    try await withServer({ _ in await script.next() }) { url in
      let product = data.product(["API_URL": url, "BACKEND_API_KEY": "hunter2-hunter2"])
      outcome = try await product.run(["run", rekeying] + arguments)
    }
    return (try #require(outcome), await script.count)
  }

  @Test("a server that fails for a moment is asked again")
  func again() async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      let answers = [Self.answer(500, "oops"), Self.answer(503, ""), Self.answer(200, data.reply)]
      let (outcome, asked) = try await run(data, answers)
      #expect(outcome.status == 0 && asked == 3, "\(outcome.errors)")
    }
  }

  @Test(
    "the reason of a refusal is told, escaped and cut, and what would not help is not tried again",
    arguments: [
      (401, #"{"error":"the key has \#u{1B}[31mexpired"}"#, "the key has", 1),
      (403, #"{"message":"no access to staging"}"#, "no access to staging", 1),
      (
        500, #"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}"#,
        "error -32601: no such method", 1
      ),
      (400, #"{"error":{"message":"bad page"}}"#, "bad page", 1),
      (401, #"{"error":"you sent hunter2-hunter2"}"#, "HTTP status 401; check", 1),
      (401, "<html>hunter2-hunter2</html>", "HTTP status 401; check", 1),
    ] as [(Int, String, String, Int)])
  func reasons(_ status: Int, _ body: String, _ part: String, _ times: Int) async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      let text = body.replacingOccurrences(of: "\u{1B}", with: "\\u001b")
      let (outcome, asked) = try await run(data, [Self.answer(status, text)])
      #expect(outcome.status == 2 && asked == times)
      #expect(outcome.errors.contains(part), "\(outcome.errors)")
      #expect(!outcome.errors.contains("\u{1B}") && !outcome.errors.contains("hunter2"))
    }
  }

  @Test("a long reason is cut")
  func long() throws {
    let reason = try #require(
      InputReason(Array(#"{"error":"\#(String(repeating: "x", count: 5_000))"}"#.utf8)))
    #expect(reason.words.count < 300 && reason.words.hasSuffix("…"))
  }

  @Test("a server that stays silent is given up when the time is over")
  func silent() async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      try await withServer({ _ in
        try? await Task.sleep(for: .seconds(3_600))
        return HTTPResponse(statusCode: .ok)
      }) { url in
        let product = data.product(["API_URL": url, "BACKEND_API_KEY": "hunter2"])
        let outcome = try await product.run("run", rekeying, "--input-timeout", "1")
        expectSentence(outcome, 2, ["took too long", "--input-timeout"])
      }
    }
  }

  @Test("a reply of more than 256 MB is refused, and nothing of it is in the journal")
  func tooLarge() async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: data.replyFile))
      try file.truncate(atOffset: 257 << 20)
      try file.close()
      let outcome = try await data.product().run("run", rekeying)
      #expect(outcome.status == 2 && outcome.errors.contains("larger than"), "\(outcome.errors)")
      let lines = try await data.product().succeed("audit", "--format", "json")
      #expect(!lines.contains("\"input\""))
      let size = try FileManager.default.attributesOfItem(atPath: data.journal)[.size] as? Int
      #expect(try #require(size) < 1 << 20)
    }
  }

  @Test("a key goes to another machine in the clear only when that is asked for")
  func plainText() async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      let variables = ["API_URL": "http://api.invalid", "BACKEND_API_KEY": "hunter2"]
      let refused = try await data.product(variables).run("run", rekeying)
      expectSentence(refused, 2, ["'api.invalid'", "without encryption", "--insecure-endpoint"])
      let asked = try await data.product(variables).run(
        "run", rekeying, "--insecure-endpoint", "--input-timeout", "1")
      #expect(asked.status == 2 && !asked.errors.contains("without encryption"), "\(asked.errors)")
    }
  }

  @Test(
    "a password that can't be read as one enters nothing",
    arguments: [
      "http:/user:CANARY@h", "http:///user:CANARY@h", "HTTP:/user:CANARY@h", "http://user:CAN/ARY@h",
      "http://user:CANARY#x@h", "http://user:CANARY?x@h",
    ])
  func passwords(_ url: String) async throws {
    try await withOperators(owned: 2, idle: 0) { data in
      let product = data.product(["API_URL": url, "BACKEND_API_KEY": "k", "AZTEC_RPC_URL": url])
      for arguments in [["run", rekeying], ["doctor", rekeying], ["tables", "list", "--target", url]] {
        let outcome = try await product.run(arguments)
        #expect(outcome.status != 0)
        for part in ["CANARY", "ARY@"] {
          #expect(!(outcome.errors + outcome.output).contains(part), "\(outcome)")
        }
      }
      for file in try FileManager.default.subpathsOfDirectory(atPath: data.folder)
      where file.contains("journal") {
        guard let bytes = FileManager.default.contents(atPath: "\(data.folder)/\(file)") else { continue }
        #expect(bytes.range(of: Data("CANARY".utf8)) == nil && bytes.range(of: Data("ARY@".utf8)) == nil)
      }
    }
  }

  @Test("when to ask again: a pure decision")
  func decision() {
    func delay(_ failure: FetchFailure, _ number: Int = 1, _ left: Duration = .seconds(60)) -> Duration? {
      InputRetry.delay(after: failure, number, left: left, random: 0)
    }
    #expect(delay(.status(500, nil, retryAfter: nil)) == .milliseconds(125))
    #expect(delay(.status(500, nil, retryAfter: nil), 3) == .milliseconds(500))
    #expect(delay(.status(429, nil, retryAfter: .seconds(7))) == .seconds(7))
    #expect(delay(.status(429, nil, retryAfter: .seconds(61))) == nil)
    #expect(delay(.status(404, nil, retryAfter: nil)) == nil)
    #expect(delay(.plainText("h")) == nil)
    #expect(delay(.status(500, nil, retryAfter: nil), 1, .milliseconds(100)) == nil)
  }
}
