import Foundation
import TestSupport
import Testing

@Suite("A full disk") struct FullDiskTests {
  private static let operators = 600

  /// Runs a command that may make no file larger than so many blocks of 512 bytes.
  private func run(
    _ arguments: [String], blocks: Int, _ data: OperatorFolder, home: String
  ) async throws -> Shell.Outcome {
    let words = arguments.map { "'\($0)'" }.joined(separator: " ")
    return try await Shell.run(
      "/bin/sh", ["-c", "ulimit -f \(blocks); exec '\(Product.path)' \(words)"],
      environment: data.product().environment, folder: home)
  }

  @Test("wherever the disk is full, nothing is lost, and once there is room the run is finished")
  func anywhere() async throws {
    try await withOperators(owned: Self.operators, idle: 0) { data in
      let reference = data.folder + "/reference"
      try copy(data.folder + "/.sparta", to: reference)
      let whole = Product(in: reference, environment: data.product().environment)
      try await whole.succeed("run", rekeying)
      let wanted = try await whole.export(target)
      var statuses: [Int32: Int] = [:]
      for blocks in [40, 100, 200, 400, 800, 1_200, 1_800, 2_600, 4_000] {
        let home = data.folder + "/\(blocks)"
        try copy(data.folder + "/.sparta", to: home)
        let outcome = try await run(["run", rekeying], blocks: blocks, data, home: home)
        statuses[outcome.status, default: 0] += 1
        try await expectRepair(outcome, wanted, Product(in: home, environment: data.product().environment))
      }
      print("full disk: exit codes \(statuses)")
      #expect(Set(statuses.keys).isSubset(of: [0, 3, 4]), "\(statuses)")
      #expect((statuses[4] ?? 0) > 0, "the journal was never the one without room: \(statuses)")
    }
  }

  private func expectRepair(_ outcome: Shell.Outcome, _ wanted: [String], _ product: Product) async throws {
    let shown = try await product.run("show", "latest", "--format", "json")
    let isBegun = shown.status == 0
    if outcome.status != 0 {
      // A run that had no room for its first event is none: there is nothing to resume.
      let store = [isBegun ? "resume" : "free disk space and try again"]
      expectSentence(outcome, outcome.status, outcome.status == 4 ? ["no room", "nothing is lost"] : store)
    }
    let state = isBegun ? try shown.decoded(RunAnswer.self).state : nil
    if state != "applied" {
      let again = try await product.run(isBegun ? ["resume", "latest"] : ["run", rekeying])
      #expect(again.status == 0, "\(again.errors)")
    }
    #expect(try await product.export(target) == wanted)
    #expect(try await product.export(source).isEmpty)
    try await product.succeed("audit", "verify")
  }

  @Test("a store without room for its backups says so, and the run waits for it")
  func store() async throws {
    try await withOperators { data in
      // Operators that stay where they are: much to back up, little to journal.
      let large = String(repeating: "x", count: 20_000)
      let lines = (20..<120).map { #"{"discordId":{"S":"\#(data.id($0))"},"large":{"S":"\#(large)"}}"# }
      try write(lines.joined(separator: "\n"), to: data.folder + "/large.jsonl")
      try await data.product().succeed(
        "tables", "import", source, data.folder + "/large.jsonl", "--no-journal")
      let before = try await data.product().export(source)
      let outcome = try await run(["run", rekeying], blocks: 2_000, data, home: data.folder)
      expectSentence(outcome, 3, ["no room to write", "tables.sqlite", "sparta-journal resume 06-"])
      #expect(try await data.product().export(source) == before)
      let shown: RunAnswer = try await data.product().run("show", "latest", "--format", "json").decoded()
      #expect(shown.state == "interrupted")
      let resumed = try await data.product().run("resume", "--format", "json")
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try resumed.decoded(RunAnswer.self).counts["applied"] == 24)
      #expect(try await data.product().export(target).count == 12)
    }
  }

  @Test("an import without room says so and is done again")
  func importing() async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder, owned: 3_000, idle: 0)
      try data.writeFiles()
      let arguments = ["tables", "import", source, data.operatorsFile, "--key", "discordId:S"]
      expectSentence(try await run(arguments, blocks: 300, data, home: folder), 3, ["no room to write"])
      try await data.product().succeed("tables", "import", source, data.operatorsFile, "--key", "discordId:S")
      #expect(try await data.product().export(source).count == 3_000)
    }
  }

  private func copy(_ store: String, to home: String) throws {
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: store, toPath: home + "/.sparta")
  }
}
