import Foundation
import TestSupport
import Testing

@Suite("A DynamoDB-compatible server as target", .serialized) struct WireTests {
  private static let canaries = ["canary-secret-key", "canary-session-token", "canary-api-key"]

  /// Runs `body` with a server and a program whose environment holds secrets that must show up nowhere.
  private func withServer(
    _ kind: Emulator.Kind, _ body: (OperatorFolder, Product, Product) async throws -> Void
  ) async throws {
    try await withOperators { data in
      let folder = data.folder + "/server"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let server = try await Emulator.start(kind, in: folder)
      let home = data.folder + "/wire"
      try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
      let secrets = [
        "SPARTA_TARGET": server.url, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": Self.canaries[0], "AWS_SESSION_TOKEN": Self.canaries[1],
        "BACKEND_API_KEY": Self.canaries[2],
      ]
      let environment = data.product().environment.merging(secrets) { $1 }
      let result: Result<Void, any Error>
      do {
        result = .success(
          try await body(data, data.product(), Product(in: home, environment: environment)))
      } catch { result = .failure(error) }
      await server.kill()
      try result.get()
    }
  }

  @Test(
    "a run on a server leaves the tables as one on the embedded store, and so does its rollback",
    arguments: [Emulator.Kind.ministack, .roto])
  func sameTables(_ kind: Emulator.Kind) async throws {
    try await withServer(kind) { data, embedded, wire in
      for (table, design) in [
        (source, ["--key", "discordId:S"]),
        (target, ["--key", "address:S", "--index", "DiscordIdIndex=discordId:S"]),
      ] {
        let file = "\(data.folder)/\(table).jsonl"
        try write(try await embedded.export(table).joined(separator: "\n"), to: file)
        let outcome = try await wire.run(["tables", "import", table, file] + design)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      let start = [try await wire.export(source), try await wire.export(target)]
      #expect(start == [try await embedded.export(source), try await embedded.export(target)])
      let refused = try await wire.run("run", rekeying)
      expectSentence(refused, 2, ["add --yes"])
      let outcome = try await wire.run("run", rekeying, "--yes", "--verbose")
      #expect(outcome.status == 0, "\(outcome.errors)")
      try await embedded.succeed("run", rekeying)
      #expect(try await wire.export(source) == embedded.export(source))
      #expect(try await wire.export(target) == embedded.export(target))
      try await wire.succeed("verify", "latest")
      try await wire.succeed("rollback", "latest", "--yes")
      #expect(try await [wire.export(source), wire.export(target)] == start)
      try await wire.succeed("audit", "verify")
      for canary in Self.canaries {
        #expect(!outcome.output.contains(canary) && !outcome.errors.contains(canary), "\(canary)")
        for name in try FileManager.default.contentsOfDirectory(atPath: wire.folder + "/.sparta") {
          let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(wire.folder)/.sparta/\(name)"))
          #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(canary) in \(name)")
        }
      }
    }
  }

  @Test("nobody at the endpoint, another machine without encryption and a bad region are told at once")
  func unreachable() async throws {
    try await withOperators { data in
      let cases: [([String], String)] = [
        (["--target", "http://127.0.0.1:9"], "nobody answers at '127.0.0.1:9'"),
        (["--target", "http://192.0.2.1:8000"], "--insecure-endpoint"),
        (["--target", "aws", "--region", "no region"], "is not a region"),
      ]
      for (options, words) in cases {
        let outcome = try await data.product().run(["run", rekeying, "--yes"] + options)
        expectSentence(outcome, 2, [words])
      }
    }
  }
}
