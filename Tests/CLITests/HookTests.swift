import FlyingFox
import Foundation
import DynamoJournalJSON
import TestSupport
import Testing

/// The stub server has one of its own.
private typealias JSONValue = DynamoJournalJSON.JSONValue

@Suite("Hooks and notifications", .serialized) struct HookTests {
  private static let canary = "T00000-canary-of-a-webhook"

  @Test(
    "each event is told on standard input, in order, as a line of JSON; nothing of the environment goes with it"
  )
  func events() async throws {
    try await withOperators { data in
      let product = data.product(["CANARY": Self.canary, "AWS_SECRET_ACCESS_KEY": Self.canary])
      let outcome = try await product.run("run", rekeying, "--on-event", "cat >> events; env >> env")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let text = try String(contentsOfFile: data.folder + "/events", encoding: .utf8)
      let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      #expect(lines.map { $0["event"]?.stringValue } == ["started", "planned", "finished"])
      for line in lines {
        #expect(line["version"]?.integerValue == 1)
        #expect(line["migration"]?.stringValue == rekeying)
        #expect(line["target"]?.stringValue == "local:.sparta/tables.sqlite")
        #expect(line["by"]?["uid"]?.integerValue == Int64(getuid()))
      }
      #expect(lines.last?["state"]?.stringValue == "applied")
      #expect(lines.last?["counts"]?["applied"]?.integerValue == 24)
      #expect(try !String(contentsOfFile: data.folder + "/env", encoding: .utf8).contains(Self.canary))
    }
  }

  @Test("held, continued, interrupted and failed are told, too")
  func others() async throws {
    try await withSlowRun(["run", rekeying, "--on-event", "cat >> events"]) { data, bench in
      try await bench.product.succeed("pause")
      try await bench.product.succeed("continue")
      try await bench.product.succeed("stop")
      #expect(try await bench.end().status == 3)
      func told() throws -> [String?] {
        try String(contentsOfFile: data.folder + "/events", encoding: .utf8).split(separator: "\n")
          .map { try JSONValue(parsing: String($0))["event"]?.stringValue }
      }
      #expect(try told() == ["started", "planned", "held", "continued", "interrupted"])
      let refused = try await bench.product.run(
        "resume", "latest", "--digest", "sha256:00", "--on-event", "cat >> events")
      #expect(refused.status == 2)
      #expect(try told().last == "failed")
    }
  }

  @Test("a hook that fails or hangs is a warning, and the run is what it would have been")
  func failing() async throws {
    try await withOperators { data in
      let failing = try await data.product().run("run", rekeying, "--on-event", "exit 7")
      #expect(failing.status == 0)
      #expect(failing.errors.contains("warning: the command of --on-event ended with 7 for 'started'"))
      let hanging = try await data.product().run("rollback", "latest", "--on-event", "sleep 100000")
      #expect(hanging.status == 0)
      #expect(hanging.errors.contains("warning: "))
      let deaf = try await data.product().run("redo", "latest", "--on-event", "true")
      #expect(deaf.status == 0 && !deaf.errors.contains("warning: "), "\(deaf.errors)")
    }
  }

  /// Runs `body` with the address of a server that keeps what is posted to it.
  private func withReceiver(
    status: HTTPStatusCode = .ok, _ body: (String, Kept) async throws -> Void
  ) async throws {
    let kept = Kept()
    try await withServer { request in
      await kept.add(request.path, (try? await request.bodyData) ?? Data())
      return HTTPResponse(statusCode: status)
    } _: { url in
      try await body("\(url)/services/\(Self.canary)", kept)
    }
  }

  private actor Kept {
    private(set) var paths: [String] = []
    private(set) var bodies: [JSONValue] = []

    func add(_ path: String, _ body: Data) {
      paths.append(path)
      if let value = try? JSONValue(parsing: Array(body)) { bodies.append(value) }
    }
  }

  @Test("a notification is Slack's, and its address stands nowhere: not in the journal, not in what is said")
  func notified() async throws {
    try await withReceiver { url, kept in
      try await withOperators { data in
        let product = data.product(["SPARTA_NOTIFY": url])
        let outcome = try await product.run("run", rekeying, "--verbose", "--on-event", "env > env; cat > in")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(await kept.bodies.count == 3)
        let texts = await kept.bodies.map { $0["text"]?.stringValue ?? "" }
        #expect(texts.allSatisfy { $0.contains(rekeying) })
        #expect(texts.last?.contains("finished") == true)
        #expect(await kept.paths.first?.contains(Self.canary) == true)
        var seen = outcome.output + outcome.errors
        for name in ["env", "in"] {
          seen += try String(contentsOfFile: "\(data.folder)/\(name)", encoding: .utf8)
        }
        #expect(!seen.contains(Self.canary))
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: data.journal + suffix) {
          let bytes = try Data(contentsOf: URL(fileURLWithPath: data.journal + suffix))
          #expect(bytes.range(of: Data(Self.canary.utf8)) == nil)
        }
      }
    }
  }

  @Test("a receiver that refuses, or is not there, is a warning without the address")
  func unheard() async throws {
    try await withReceiver(status: .notFound) { url, _ in
      try await withOperators { data in
        let refused = try await data.product().run("run", rekeying, "--notify", url)
        #expect(refused.status == 0 && refused.errors.contains("answered a notification with status 404"))
        let gone = try await data.product().run(
          "rollback", "latest", "--notify", "http://127.0.0.1:1/\(Self.canary)")
        #expect(gone.status == 0 && gone.errors.contains("took no notification"))
        #expect(!(refused.errors + gone.errors).contains(Self.canary))
      }
    }
  }

  @Test(
    "an address that is none, or would go over the wire in the clear, is refused before anything is opened")
  func addresses() async throws {
    try await withOperators { data in
      for address in [
        "http://hooks.example.com/\(Self.canary)", "nonsense \(Self.canary)", "file:///\(Self.canary)",
      ] {
        let outcome = try await data.product(["SPARTA_NOTIFY": address]).run("run", rekeying)
        expectSentence(outcome, 2, ["SPARTA_NOTIFY"])
        #expect(!outcome.errors.contains(Self.canary))
      }
      // A file in the folder leads nothing away.
      try write("SPARTA_NOTIFY=http://127.0.0.1:1/x\n", to: data.folder + "/.env")
      let outcome = try await data.product().run("run", rekeying)
      #expect(outcome.status == 0 && !outcome.errors.contains("took no notification"))
    }
  }
}
