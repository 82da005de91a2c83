import Foundation
import TestSupport
import Testing

/// Files that leave planning to a program, through the built binary.
@Suite("exec, from the command line") struct ProgramCommandTests {
  private static let lower = """
    import json, os, sys, time
    open(f"pid-{os.getpid()}", "w").close()
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] != "item": continue
        time.sleep(float(os.environ.get("PAUSE", "0")))
        item = message["item"]
        email = item["email"]["S"]
        answer = {"id": message["id"]}
        if email != email.lower(): answer["after"] = {**item, "email": {"S": email.lower()}}
        print(json.dumps(answer), flush=True)
    """

  private static let file = """
    name: 07_lower
    table: users
    where: attribute_exists(email)
    exec: [python3, lower.py]
    env: [PAUSE]
    """

  /// A folder with 600 users, of whom half are to be changed, and the migration.
  private func use(_ body: (Product, String) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let product = Product(
        in: folder, environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
      try FileManager.default.createDirectory(
        atPath: folder + "/migrations", withIntermediateDirectories: true)
      try Self.lower.write(toFile: folder + "/migrations/lower.py", atomically: true, encoding: .utf8)
      try Self.file.write(toFile: folder + "/migrations/07_lower.yaml", atomically: true, encoding: .utf8)
      let lines = (0..<600).map { number in
        #"{"id":{"S":"\#(number)"},"email":{"S":"\#(number % 2 == 0 ? "U" : "u")\#(number)@x"}}"#
      }
      try lines.joined(separator: "\n").write(
        toFile: folder + "/items.jsonl", atomically: true, encoding: .utf8)
      try await product.succeed("tables", "import", "users", "items.jsonl", "--key", "id:S")
      try await body(product, folder)
    }
  }

  /// Whether a program that this folder's migration started is alive.
  private func isAlive(_ folder: String) throws -> Bool {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/migrations")
    return files.compactMap { $0.hasPrefix("pid-") ? pid_t($0.dropFirst(4)) : nil }.contains {
      kill($0, 0) == 0
    }
  }

  @Test("run, run again, roll back: to the byte")
  func wholeWay() async throws {
    try await use { product, _ in
      let before = try await product.export("users")
      try await product.succeed("run", "07_lower", "--yes")
      #expect(try await product.export("users").allSatisfy { !$0.contains("U") })
      #expect(
        try await product.succeed("run", "07_lower", "--yes", "--format", "json").contains(#""planned": 0"#))
      #expect(try await product.succeed("list").contains("07_lower"))
      try await product.succeed("rollback", "07_lower", "--yes")
      #expect(try await product.export("users") == before)
    }
  }

  @Test("killed with SIGKILL while it plans, its programs end, and the run goes on to the same plan")
  func killed() async throws {
    try await use { product, folder in
      let slow = Product(in: folder, environment: product.environment.merging(["PAUSE": "0.02"]) { $1 })
      try await withTemporaryFolder { scratch in
        let child = try await slow.start(["run", "07_lower", "--yes"], scratch: scratch)
        while try !isAlive(folder), child.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try isAlive(folder), "no program was started")
        child.send(SIGKILL)
        #expect(try await child.wait() == -SIGKILL)
      }
      let deadline = ContinuousClock.now + .seconds(60)
      while try isAlive(folder), ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try !isAlive(folder), "a program outlived the one that started it")
      try await product.succeed("resume", "latest", "--yes")
      try await product.succeed("resume", "latest", "--yes")
      #expect(try await product.export("users").allSatisfy { !$0.contains("U") })
    }
  }

  @Test(
    "a run that was stopped while it was planned starts nothing but what its own file says now",
    arguments: ["changed", "gone", "open"])
  func foreign(_ state: String) async throws {
    try await use { product, folder in
      let slow = Product(in: folder, environment: product.environment.merging(["PAUSE": "0.02"]) { $1 })
      try await withTemporaryFolder { scratch in
        let child = try await slow.start(["run", "07_lower", "--yes"], scratch: scratch)
        while try !isAlive(folder), child.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        child.send(SIGKILL)
        _ = try await child.wait()
      }
      let path = folder + "/migrations/07_lower.yaml"
      switch state {
      case "changed":
        try (Self.file + "\nsummary: another").write(toFile: path, atomically: true, encoding: .utf8)
      case "gone": try FileManager.default.removeItem(atPath: path)
      default: try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
      }
      let outcome = try await product.run("resume", "latest", "--yes")
      #expect(outcome.status == 2, "\(outcome.errors)")
      #expect(outcome.errors.contains(state == "open" ? "chmod go-w" : "a journal alone starts no program"))
      #expect(try await product.export("users").contains { $0.contains("U") })
    }
  }

  @Test("a pipe or a device in the place of a file is refused, not waited for")
  func pipes() async throws {
    try await use { product, folder in
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      #expect(mkfifo(folder + "/migrations/08_pipe.yaml", 0o600) == 0)
      try "name: 09_x\ntable: users\nexec: [cat, /dev/zero]".write(
        toFile: folder + "/migrations/09_x.yaml", atomically: true, encoding: .utf8)
      for command in [["plan", "--from", "pipe", "--reason", "x"], ["tables", "import", "users", "pipe"]] {
        let outcome = try await product.run(command)
        #expect(outcome.status == 2 && outcome.errors.contains("it is a pipe"), "\(outcome.errors)")
      }
      #expect(try await product.run("list").status == 0)
    }
  }

  @Test("what comes through a pipe is read once, checked and loaded")
  func standardInput() async throws {
    try await use { product, folder in
      for source in ["-", "/dev/stdin"] {
        let words =
          "cat items.jsonl | '\(Product.path)' tables import piped\(source.count) \(source) --key id:S"
        let outcome = try await Shell.run(
          "/bin/sh", ["-c", words], environment: product.environment, folder: folder)
        #expect(outcome.status == 0 && outcome.output.contains("imported 600 items"), "\(outcome.errors)")
        #expect(try await product.export("piped\(source.count)") == product.export("users"))
      }
    }
  }

  @Test("a byte order mark before a file of images is passed over")
  func mark() async throws {
    try await use { product, folder in
      try "\u{FEFF}{\"table\":\"users\",\"key\":{\"id\":{\"S\":\"1\"}},\"after\":null}\n".write(
        toFile: folder + "/images.jsonl", atomically: true, encoding: .utf8)
      #expect(
        try await product.succeed("plan", "--from", "images.jsonl", "--reason", "x").contains("1 planned"))
    }
  }
}
