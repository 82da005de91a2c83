import Foundation
import TestSupport
import Testing

/// The examples through the built program: the six tasks that teams have, one of them twice.
@Suite("The example migrations", .serialized) struct ExampleTests {
  /// What each makes of the users in the examples' folder: the lines that are there afterwards.
  static let outcomes: [(name: String, table: String, lines: [String])] = [
    (
      "11_backfill_plan", "users",
      [
        #""id":{"S":"u1"},"mail":{"S":"ada@home.example"},"plan":{"S":"free"},"planSince":{"S":"20"#,
        #""plan":{"S":"pro"}"#,
      ]
    ),
    ("12_rename_mail", "users", [#"{"Item":{"addresses""#, #""contact":{"S":"ada@home.example"},"email""#]),
    (
      "13_total_as_number", "users", [#""total":{"N":"19.9"}"#, #""total":{"N":"5"}"#, #""total":{"N":"7"}"#]
    ),
    ("14_delete_expired", "users", [#""id":{"S":"u2"}"#, #""id":{"S":"u3"}"#]),
    (
      "15_rekey_by_email", "users-by-email",
      [
        #""email":{"S":"ada@example.org"}"#, #""email":{"S":"bob@example.org"}"#,
        #""email":{"S":"cleo@example.org"}"#,
      ]
    ),
    (
      "16_split_addresses", "user-addresses",
      [
        #"{"Item":{"city":{"S":"London"},"n":{"N":"0"},"userId":{"S":"u1"},"zip":{"S":"W1"}}}"#,
        #"{"Item":{"city":{"S":"Turin"},"n":{"N":"1"},"userId":{"S":"u1"},"zip":{"S":"10121"}}}"#,
      ]
    ),
    (
      "17_split_profile", "user-profiles",
      [
        #"{"Item":{"age":{"N":"36"},"bio":{"S":"first"},"userId":{"S":"u1"}}}"#,
        #"{"Item":{"age":{"N":"41"},"bio":{"S":"second"},"userId":{"S":"u2"}}}"#,
      ]
    ),
  ]
  private static let tables = ["users", "users-by-email", "user-addresses", "user-profiles"]

  private func load(_ folder: String, users: String) async throws -> Product {
    let product = Product(in: folder, environment: ["SPARTA_MIGRATIONS": examples])
    try await product.succeed("tables", "import", "users", users, "--key", "id:S")
    try await product.succeed("tables", "create", "users-by-email", "--key", "email:S")
    try await product.succeed("tables", "create", "user-addresses", "--key", "userId:S", "--sort", "n:N")
    try await product.succeed("tables", "create", "user-profiles", "--key", "userId:S")
    return product
  }

  private func dump(_ product: Product) async throws -> [String] {
    var lines: [String] = []
    for table in Self.tables { lines += try await product.export(table).map { "\(table) \($0)" } }
    return lines
  }

  @Test(
    "each does what it says, finds nothing more to do, and is undone to the byte", arguments: outcomes.indices
  )
  func outcome(_ index: Int) async throws {
    let (name, table, lines) = Self.outcomes[index]
    try await withTemporaryFolder { folder in
      let product = try await load(folder, users: examples + "/users.jsonl")
      let start = try await dump(product)
      try await product.succeed("run", name, "--yes")
      let end = try await product.export(table).joined(separator: "\n")
      for line in lines { #expect(end.contains(line), "\(line) is missing in \(end)") }
      #expect(try await product.succeed("run", name).contains("nothing to do"))
      try await product.succeed("rollback", name, "--yes")
      #expect(try await dump(product) == start)
      #expect(try await product.succeed("audit", "verify").contains("intact"))
    }
  }

  @Test(
    "killed with SIGKILL again and again, resumed, and undone in the same way", arguments: outcomes.indices)
  func killed(_ index: Int) async throws {
    let name = Self.outcomes[index].name
    try await withTemporaryFolder { folder in
      let users = folder + "/users.jsonl"
      try generated().write(toFile: users, atomically: true, encoding: .utf8)
      let reference = try await load(folder, users: users)
      let start = try await dump(reference)
      let home = folder + "/killed"
      try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: folder + "/.sparta", toPath: home + "/.sparta")
      try await reference.succeed("run", name, "--yes", "--no-backup", "--limit", "100000")
      let end = try await dump(reference).map(timeless)
      #expect(end != start)
      let product = Product(in: home, environment: ["SPARTA_MIGRATIONS": examples])
      let kills = try await kill(product, ["run", name, "--yes", "--no-backup"])
      #expect(try await dump(product).map(timeless) == end)
      #expect(try await product.succeed("run", name, "--no-backup").contains("nothing to do"))
      let undone = try await kill(product, ["rollback", name, "--yes"])
      #expect(try await dump(product) == start)
      #expect(kills + undone > 0, "it was never caught at work")
    }
  }

  /// The time of a run is its own.
  private func timeless(_ line: String) -> String {
    line.replacing(/"planSince":\{"S":"[^"]*"\}/, with: "\"planSince\"")
  }

  private func generated() -> String {
    (0..<1_500).map { number in
      #"{"Item":{"id":{"S":"u\#(number)"},"email":{"S":"U\#(number)@Example.org"},"mail":{"S":"m\#(number)"},"#
        + #""total":{"S":"\#(number).50"},"expiresAt":{"N":"\#(number % 4 == 0 ? 1_600_000_000 : 1_800_000_000)"},"#
        + #""profile":{"M":{"bio":{"S":"b\#(number)"},"age":{"N":"\#(number % 90)"}}},"#
        + #""addresses":{"L":[{"M":{"city":{"S":"c\#(number)"},"zip":{"S":"z"}}},{"M":{"city":{"S":"d"},"zip":{"S":"y"}}}]}}}"#
    }.joined(separator: "\n") + "\n"
  }

  /// Runs a command, kills it a few times on the way, and goes on until it is done; how often it was caught.
  private func kill(_ product: Product, _ command: [String]) async throws -> Int {
    var arguments = command
    var kills = 0
    for delay in [0, 25, 60, 15, 120] {
      let status = try await withTemporaryFolder { scratch in
        let child = try await product.start(arguments, scratch: scratch)
        while child.isRunning, try !child.errors().contains(delay == 0 ? "planning" : "target") {
          try await Task.sleep(for: .milliseconds(1))
        }
        try await Task.sleep(for: .milliseconds(delay))
        child.send(SIGKILL)
        return try await child.wait()
      }
      if status == 0 { return kills }
      kills += status == -SIGKILL ? 1 : 0
      // Killed before anything was journaled, it is typed again.
      let runs = try await product.run("runs")
      let isBegun = runs.status == 0 && runs.output.contains("\(command[1].prefix(2))-20")
      arguments = command
      if let id = try await interrupted(product) {
        arguments = ["resume", id, "--yes"] + (command[0] == "run" ? ["--no-backup"] : [])
      } else if isBegun && command[0] == "run" {
        return kills
      }
    }
    let outcome = try await product.run(arguments)
    #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
    return kills
  }

  /// The run that can be resumed.
  private func interrupted(_ product: Product) async throws -> String? {
    struct Run: Decodable {
      let run: String
      let state: String
    }
    let outcome = try await product.run("runs", "--format", "json")
    guard outcome.status == 0 else { return nil }
    let runs = try JSONDecoder().decode([Run].self, from: Data(outcome.output.utf8))
    return runs.last {
      ["interrupted", "planned", "planning", "applying", "rollingBack"].contains($0.state)
    }?.run
  }
}
