import Foundation
import TestSupport
import Testing

@testable import DynamoJournalFiles

/// The keys beside `exec`, through the built binary: what they mean beside expressions they mean beside a program.
@Suite("The keys beside exec") struct ProgramKeyTests {
  /// Takes every item's `n` and answers with `m`, by what `start` said.
  private static let program = """
    import json, os, sys, time
    start = {}
    open("pid-%d" % os.getpid(), "w").close()
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "start": start = message
        if message["type"] != "item": continue
        time.sleep(float(os.environ.get("PAUSE", "0")))
        item = message["item"]
        given = start["inputs"].get("prices", {}).get("free", start["params"].get("least", 0))
        answer = {"id": message["id"]}
        if "m" not in item: answer["after"] = {**item, "m": {"N": str(given)}}
        print(json.dumps(answer), flush=True)
    """

  /// A folder with a table of 600 items, `n` from 0, and `migrations/07_m.yaml` with that text behind its first keys.
  private func use(
    _ keys: String, program: String = ProgramKeyTests.program,
    _ body: (Product, _ folder: String) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let product = Product(
        in: folder, environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
      try FileManager.default.createDirectory(
        atPath: folder + "/migrations", withIntermediateDirectories: true)
      try write(program, folder + "/migrations/m.py")
      try write(
        "table: things\nexec: [python3, m.py]\nenv: [PAUSE]\n" + keys, folder + "/migrations/07_m.yaml")
      let lines = (0..<600).map { #"{"id":{"S":"\#($0)"},"n":{"N":"\#($0)"}}"# }
      try write(lines.joined(separator: "\n"), folder + "/items.jsonl")
      try await product.succeed("tables", "import", "things", "items.jsonl", "--key", "id:S")
      try await body(product, folder)
    }
  }

  private func write(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Starts a command with a slow program, and kills it once a program is at work.
  private func kill(_ product: Product, _ arguments: [String]) async throws {
    let slow = Product(in: product.folder, environment: product.environment.merging(["PAUSE": "0.02"]) { $1 })
    try await withTemporaryFolder { scratch in
      let child = try await slow.start(arguments, scratch: scratch)
      while child.isRunning, try !hasStarted(product.folder) { try await Task.sleep(for: .milliseconds(5)) }
      child.send(SIGKILL)
      let status = try await child.wait()
      #expect(status == -SIGKILL)
    }
  }

  private func hasStarted(_ folder: String) throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/migrations").contains {
      $0.hasPrefix("pid-")
    }
  }

  // MARK: Parameters and notes

  private static let parameters = """
    params: {least: {type: number, default: 590}, word: string}
    where: n >= $least AND $word = 'yes'
    expect: m = $least AND attribute_exists(m)
    note:
      - {where: n < 3 OR n = $least, text: a small one}
    """

  @Test("where, expect and note know parameters, and notes are about every item of the table")
  func knowsParameters() async throws {
    try await use(Self.parameters) { product, _ in
      try await product.succeed("run", "07_m", "--param", "word=yes", "--yes")
      #expect(try await product.export("things").count { $0.contains(#""m":{"N":"590"}"#) } == 10)
      let report = try await product.succeed("report", "latest", "--format", "json")
      #expect(report.components(separatedBy: "a small one").count - 1 == 4, "\(report)")
      #expect(try await product.run("run", "07_m", "--param", "word=no", "--dry-run").status == 0)
      let missing = try await product.run("run", "07_m", "--dry-run")
      #expect(missing.status == 64 && missing.errors.contains("--param word="), "\(missing.errors)")
    }
  }

  @Test("an expectation that does not hold refuses the plan, for items that stay as they are, too")
  func expects() async throws {
    try await use("where: n < 5\nparams: {m: {type: number, default: 1}}\nexpect: m = $m") { product, _ in
      let outcome = try await product.run("run", "07_m", "--yes")
      #expect(outcome.status == 2 && outcome.errors.contains("'expect' does not hold"), "\(outcome.errors)")
      #expect(try await product.export("things").allSatisfy { !$0.contains(#""m""#) })
    }
    let idle = Self.program.replacingOccurrences(of: #"if "m" not"#, with: #"if "id" not"#)
    try await use("where: n < 5\nexpect: attribute_exists(m)", program: idle) { product, _ in
      let outcome = try await product.run("run", "07_m", "--yes")
      #expect(outcome.status == 2 && outcome.errors.contains("which stays as it is"), "\(outcome.errors)")
    }
  }

  @Test("a condition without a result stops the plan, or is noted")
  func onError() async throws {
    try await use("where: number(id) < number(concat('x', id))") { product, folder in
      let outcome = try await product.run("run", "07_m", "--yes")
      #expect(outcome.status == 2 && outcome.errors.contains("onError: note"), "\(outcome.errors)")
      let text = try String(contentsOfFile: folder + "/migrations/07_m.yaml", encoding: .utf8)
      try write(text + "\nonError: note\n", folder + "/migrations/08_m.yaml")
      #expect(try await product.succeed("run", "08_m", "--yes").contains("nothing to do"))
    }
  }

  @Test("killed and gone on with, each note stands once")
  func notesOnce() async throws {
    try await use(Self.parameters.replacingOccurrences(of: "n >= $least", with: "n >= 0")) { product, _ in
      try await kill(product, ["run", "07_m", "--param", "word=yes", "--param", "least=5", "--yes"])
      for _ in 0..<2 { try await product.succeed("resume", "latest", "--yes") }
      let report = try await product.succeed("report", "latest", "--format", "json")
      #expect(report.components(separatedBy: "a small one").count - 1 == 4, "\(report)")
    }
  }

  // MARK: Inputs

  @Test("an input is captured once: what its file says later changes nothing")
  func capturesInputs() async throws {
    try await use("inputs: {prices: prices.json}") { product, folder in
      try write(#"{"free": 12.50}"#, folder + "/migrations/prices.json")
      try await kill(product, ["run", "07_m", "--yes"])
      try FileManager.default.removeItem(atPath: folder + "/migrations/prices.json")
      for _ in 0..<2 { try await product.succeed("resume", "latest", "--yes") }
      #expect(try await product.export("things").allSatisfy { $0.contains(#""m":{"N":"12.5"}"#) })
    }
  }

  @Test(
    "an input that is missing, no JSON or no file is one sentence, and nothing is written",
    arguments: [
      ("inputs: {prices: nowhere.json}", "no such file"), ("inputs: {prices: m.py}", "not valid JSON"),
      ("inputs: {prices: '${NO_SUCH}'}", "NO_SUCH is not set"), ("inputs: {prices: .}", "can't be used"),
    ])
  func refusesInputs(_ keys: String, _ words: String) async throws {
    try await use(keys) { product, _ in
      let outcome = try await product.run("run", "07_m", "--yes")
      #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(try await product.export("things").allSatisfy { !$0.contains(#""m""#) })
    }
  }

  @Test(
    "what a file must not say of an input",
    arguments: [
      ("inputs: {prices: 'https://u:p@h.example/x'}", "kept in the journal"),
      ("inputs: {prices: 'https://h.example/x?api_key=abc'}", "kept in the journal"),
      ("inputs: {prices: '${P:-https://u@h.example/x}'}", "kept in the journal"),
      ("inputs: {prices: 'ftp://h.example/x'}", "scheme must be"), ("inputs: {prices: ''}", "has no address"),
      ("inputs: {prices: '${P'}", "has no address"), ("inputs: {prices: [a]}", "'inputs' takes names"),
      ("inputs: prices", "'inputs' takes names"), ("inputs: {a b: x}", "the name of an input"),
    ])
  func refusesAddresses(_ keys: String, _ words: String) {
    #expect(
      refusal("table: things\nexec: [x]\n" + keys).contains(words),
      "\(refusal("table: things\nexec: [x]\n" + keys))")
    #expect(!refusal("table: things\nexec: [x]\n" + keys).contains("u:p@"))
  }

  @Test("what stands in variables is allowed, and inputs are for programs")
  func allowsVariables() {
    for text in [
      "https://h.example/x?api_key=${K}&page=1", "https://${U}:${P}@h.example/", "${URL}", "a@2.json",
    ] {
      #expect(refusal("table: things\nexec: [x]\ninputs: {prices: '\(text)'}") == "(none)")
    }
    #expect(refusal("table: things\nset: a = 1\ninputs: {prices: a}").contains("is for a program"))
  }

  // MARK: From any folder

  @Test("a plan half made goes on from any folder, and says where its file has to be")
  func otherFolder() async throws {
    try await use("") { product, folder in
      try await kill(product, ["run", "07_m", "--yes"])
      let elsewhere = Product(in: folder + "/elsewhere", environment: product.environment)
      try FileManager.default.createDirectory(atPath: elsewhere.folder, withIntermediateDirectories: true)
      let resume = ["resume", "latest", "--yes", "--journal", folder + "/.sparta/journal.sqlite"]
      try FileManager.default.moveItem(atPath: folder + "/migrations", toPath: folder + "/gone")
      let refused = try await elsewhere.run(resume)
      #expect(refused.status == 2, "\(refused.errors)")
      #expect(refused.errors.contains("/migrations/07_m.yaml' to go on from"), "\(refused.errors)")
      try FileManager.default.moveItem(atPath: folder + "/gone", toPath: folder + "/migrations")
      for _ in 0..<2 {
        let outcome = try await elsewhere.run(resume)
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      #expect(try await product.export("things").allSatisfy { $0.contains(#""m""#) })
    }
  }

  @Test("a program that others can write is not started")
  func openProgram() async throws {
    try await use("") { product, folder in
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o666], ofItemAtPath: folder + "/migrations/m.py")
      for command in [["run", "07_m", "--yes"], ["doctor", "07_m"]] {
        let outcome = try await product.run(command)
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect((outcome.errors + outcome.output).contains("chmod go-w"), "\(outcome.errors)")
      }
      #expect(try !hasStarted(folder))
    }
  }
}
