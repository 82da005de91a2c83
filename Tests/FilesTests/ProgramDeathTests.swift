import Foundation
import TestSupport
import Testing

/// SIGKILL, at the host and at the program, in every phase: what was planned is applied once, and no process is left.
@Suite("Killed with a program", .serialized) struct ProgramDeathTests {
  private static let items = 1_500

  /// It has a child, which neither reads nor ends; both write down their numbers.
  private static let program = """
    import json, os, subprocess, sys, time
    child = subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    for number in (os.getpid(), child.pid): open("pid-%d" % number, "w").close()
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] != "item": continue
        time.sleep(float(os.environ.get("PAUSE", "0")))
        item = message["item"]
        answer = {"id": message["id"]}
        if "m" not in item: answer["after"] = {**item, "m": {"N": "1"}}
        print(json.dumps(answer), flush=True)
    if os.path.exists("deaf"): time.sleep(600)
    child.kill()
    """

  private func use(_ body: (Product, Product) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let product = Product(
        in: folder, environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
      let slow = Product(in: folder, environment: product.environment.merging(["PAUSE": "0.002"]) { $1 })
      try FileManager.default.createDirectory(
        atPath: folder + "/migrations", withIntermediateDirectories: true)
      for (text, name) in [
        (Self.program, "m.py"), ("table: things\nexec: [python3, m.py]\nenv: [PAUSE]", "07_m.yaml"),
      ] { try text.write(toFile: folder + "/migrations/" + name, atomically: true, encoding: .utf8) }
      let lines = (0..<Self.items).map { #"{"id":{"S":"\#($0)"},"n":{"N":"\#($0)"}}"# }
      try lines.joined(separator: "\n").write(toFile: folder + "/i.jsonl", atomically: true, encoding: .utf8)
      try await product.succeed("tables", "import", "things", "i.jsonl", "--key", "id:S")
      do { try await body(product, slow) } catch {
        for number in try numbers(folder) { _ = kill(number, SIGKILL) }
        throw error
      }
    }
  }

  private func numbers(_ folder: String) throws -> [pid_t] {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/migrations").compactMap {
      $0.hasPrefix("pid-") ? pid_t($0.dropFirst(4)) : nil
    }
  }

  /// A process that has ended and waits for its parent counts as gone.
  private func isAlive(_ number: pid_t) -> Bool {
    guard kill(number, 0) == 0 else { return false }
    let state = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
    return state.map { !$0.contains(") Z ") } ?? true
  }

  private func expectNoneAlive(_ folder: String) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try numbers(folder).contains(where: isAlive), ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(20))
    }
    let left = try numbers(folder).filter(isAlive)
    #expect(left == [], "these outlived the one that started them")
  }

  /// Kills the command `milliseconds` after its error output says `line`, unless it is done before.
  @discardableResult
  private func strike(
    _ product: Product, _ arguments: [String], after line: String, milliseconds: Int = 0,
    alive: Bool = false
  ) async throws -> Int32 {
    try await withTemporaryFolder { scratch in
      let child = try await product.start(arguments, scratch: scratch)
      while child.isRunning, try !child.errors().contains(line) || alive && numbers(product.folder).count < 2
      {
        try await Task.sleep(for: .milliseconds(2))
      }
      try await Task.sleep(for: .milliseconds(milliseconds))
      child.send(SIGKILL)
      return try await child.wait()
    }
  }

  @Test("while it plans, applies and rolls back: nothing is lost, nothing done twice, no process left")
  func hostKilled() async throws {
    try await use { product, slow in
      let before = try await product.export("things")
      let deaf = product.folder + "/migrations/deaf"
      #expect(FileManager.default.createFile(atPath: deaf, contents: nil))
      for milliseconds in [0, 700] {
        let status = try await strike(
          slow, milliseconds == 0 ? ["run", "07_m", "--yes"] : ["resume", "latest", "--yes"],
          after: "planning",
          milliseconds: milliseconds, alive: true)
        #expect(status == -SIGKILL)
        try await expectNoneAlive(product.folder)
      }
      try FileManager.default.removeItem(atPath: deaf)
      try await product.succeed("resume", "latest", "--yes")
      try await strike(product, ["resume", "latest", "--yes"], after: "applying", milliseconds: 5)
      try await product.succeed("resume", "latest", "--yes")
      #expect(try await product.export("things").count { $0.contains(#""m""#) } == Self.items)
      try await strike(product, ["rollback", "07_m", "--yes"], after: "undoing", milliseconds: 5)
      let rest = try await product.run("resume", "latest", "--yes")
      #expect(rest.status == 0, "\(rest.errors)")
      #expect(try await product.export("things") == before)
      try await expectNoneAlive(product.folder)
      try await product.succeed("audit", "verify")
    }
  }

  @Test("the program killed again and again while it plans: the plan is the same")
  func programKilled() async throws {
    try await use { product, slow in
      let whole = try await product.succeed("run", "07_m", "--dry-run", "--format", "json")
      for number in try numbers(product.folder) {
        try FileManager.default.removeItem(atPath: "\(product.folder)/migrations/pid-\(number)")
      }
      let again = try await withTemporaryFolder { scratch in
        let child = try await slow.start(["run", "07_m", "--dry-run", "--format", "json"], scratch: scratch)
        var killed = 0
        while child.isRunning {
          try await Task.sleep(for: .milliseconds(150))
          for number in try numbers(product.folder).filter(isAlive) where killed < 12 {
            _ = kill(number, SIGKILL)
            killed += 1
          }
        }
        #expect(killed >= 4, "no program was caught alive")
        let status = try await child.wait()
        #expect(status == 0)
        return try child.output()
      }
      #expect(try digest(again) == digest(whole))
      try await expectNoneAlive(product.folder)
    }
  }

  private func digest(_ answer: String) throws -> Substring {
    try #require(answer.firstMatch(of: /"planDigest": "([^"]*)"/)).1
  }
}
