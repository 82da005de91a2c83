import FlyingFox
import Foundation
import TestSupport
import Testing

/// What a migration's file names under `inputs`, from a server: captured once, and nothing secret of its address is kept.
@Suite("Inputs of a program, from a server") struct ProgramInputTests {
  private static let program = """
    import json, sys
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "start": prices = message["inputs"]["prices"]
        if message["type"] == "item":
            print(json.dumps({"id": message["id"], "after": {**message["item"], "p": {"N": str(prices["free"])}}}), flush=True)
    """

  private func use(
    _ address: String, environment: [String: String] = [:],
    _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
    _ body: (Product, _ server: String) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      try await withServer(answer) { server in
        let path = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "SERVER": server]
        let product = Product(in: folder, environment: path.merging(environment) { $1 })
        try FileManager.default.createDirectory(
          atPath: folder + "/migrations", withIntermediateDirectories: true)
        try write(Self.program, to: folder + "/migrations/p.py")
        try write(
          "table: things\nexec: [python3, p.py]\ninputs: {prices: '\(address)'}\n",
          to: folder + "/migrations/07_p.yaml")
        try write(#"{"id":{"S":"1"}}"#, to: folder + "/i.jsonl")
        try await product.succeed("tables", "import", "things", "i.jsonl", "--key", "id:S")
        try await body(product, server)
      }
    }
  }

  @Test("it is handed over, and no part of the address that may be secret is kept or shown")
  func handsOver() async throws {
    let canaries = ["CANARY_K": "canary-key", "CANARY_P": "canary-path"]
    try await use(
      "${SERVER}/${CANARY_P}/prices?api_key=${CANARY_K}", environment: canaries,
      { request in
        let isRight = request.path == "/canary-path/prices" && request.query["api_key"] == "canary-key"
        return HTTPResponse(statusCode: isRight ? .ok : .badRequest, body: Data(#"{"free": 7}"#.utf8))
      }
    ) { product, _ in
      let examined = try await product.run("doctor", "07_p")
      #expect(examined.status == 0, "\(examined.output)")
      let outcome = try await product.run("run", "07_p", "--yes", "--verbose")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try await product.export("things") == [#"{"Item":{"id":{"S":"1"},"p":{"N":"7"}}}"#])
      let shown = try await product.succeed("show", "latest", "--format", "json")
      let journal = try Data(contentsOf: URL(fileURLWithPath: product.folder + "/.sparta/journal.sqlite"))
      let texts = [
        examined.output + examined.errors, outcome.output + outcome.errors, shown,
        String(decoding: journal, as: UTF8.self),
      ]
      for text in texts { #expect(!text.contains("canary-key") && !text.contains("canary-path")) }
    }
  }

  @Test(
    "a server that does not give JSON is one sentence with what to do, and nothing is written",
    arguments: [
      ("<html>", 200, "not valid JSON"), ("{}", 404, "HTTP status 404"), ("[", 200, "not valid JSON"),
    ])
  func refuses(_ reply: String, _ status: Int, _ words: String) async throws {
    try await use(
      "${SERVER}/prices",
      { _ in HTTPResponse(statusCode: HTTPStatusCode(status, phrase: "-"), body: Data(reply.utf8)) }
    ) { product, _ in
      let outcome = try await product.run("run", "07_p", "--yes")
      #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(try await product.export("things").allSatisfy { !$0.contains(#""p""#) })
    }
  }

  @Test("more than a program gets is not read")
  func bound() async throws {
    try await use(
      "${SERVER}/prices",
      { _ in HTTPResponse(statusCode: .ok, body: Data(repeating: 0x20, count: 33 << 20)) }
    ) { product, _ in
      let outcome = try await product.run("run", "07_p", "--yes")
      #expect(outcome.status == 2 && outcome.errors.contains("larger than 32 MB"), "\(outcome.errors)")
    }
  }

  @Test("a variable of .env may say where it comes from")
  func environmentFile() async throws {
    try await use("${PRICES_URL}", { _ in HTTPResponse(statusCode: .ok, body: Data(#"{"free": 9}"#.utf8)) }) {
      product, server in
      try write("PRICES_URL=\(server)/x\n", to: product.folder + "/.env")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: product.folder + "/.env")
      let outcome = try await product.run("run", "07_p", "--yes")
      #expect(outcome.status == 0 && !outcome.errors.contains("not taken from a file"), "\(outcome.errors)")
    }
  }
}
