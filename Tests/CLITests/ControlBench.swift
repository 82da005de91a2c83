import Foundation
import DynamoJournalJSON
import TestSupport
import Testing

/// A run that is slow enough to have a hand on, and what another terminal sees of it.
struct ControlBench {
  let product: Product
  let child: Child

  /// Waits until something is so, as long as the run's process lives.
  func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
    while try await !isSo() {
      guard child.isRunning else { throw RunEnded(what: what, errors: try child.errors()) }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// The object of `show`.
  func shown() async throws -> JSONValue {
    try JSONValue(parsing: try await product.succeed("show", "latest", "--format", "json"))
  }

  /// What the run holds for; nil for nothing, and before there is a run.
  func heldCause() async throws -> String? {
    let shown = try await product.run("show", "latest", "--format", "json")
    guard shown.status == 0 else { return nil }
    return try JSONValue(parsing: shown.output)["work"]?["hold"]?["cause"]?.stringValue
  }

  /// How many changes are in the tables by the journal.
  func applied() async throws -> Int64 {
    let run = try await product.run("show", "latest", "--format", "json")
    guard run.status == 0 else { return 0 }
    return try JSONValue(parsing: run.output)["counts"]?["applied"]?.integerValue ?? 0
  }

  /// The events of that kind in the journal, each its detail.
  func events(_ kind: String) async throws -> [JSONValue] {
    try await ControlBench.events(kind, in: product.folder)
  }

  static func events(_ kind: String, in folder: String) async throws -> [JSONValue] {
    let script = """
      import sqlite3, sys
      for (detail,) in sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True).execute(
        "SELECT detail FROM events WHERE event = ? ORDER BY seq", (sys.argv[2],)): print(detail)
      """
    let found = try await Shell.run(
      "/usr/bin/env", ["python3", "-c", script, folder + "/.sparta/journal.sqlite", kind])
    #expect(found.status == 0, "\(found.errors)")
    return try found.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }

  /// Waits for the end.
  func end() async throws -> Shell.Outcome {
    Shell.Outcome(status: try await child.wait(), output: try child.output(), errors: try child.errors())
  }
}

/// The run's process ended before what was waited for.
struct RunEnded: Error {
  let what: String
  let errors: String
}

/// Starts a command on operators in the embedded store, waits until it sends slowly, and lets `body` have a hand on it; what is
/// still at work afterwards is killed.
func withSlowRun(
  _ arguments: [String] = ["run", rekeying], owned: Int = 40, pace: String = "2",
  before: (OperatorFolder) async throws -> Void = { _ in },
  _ body: (OperatorFolder, ControlBench) async throws -> Void
) async throws {
  try await withOperators(owned: owned, idle: 0) { data in
    try await before(data)
    try await withTemporaryFolder { scratch in
      let product = data.product()
      let child = try await product.start(arguments + ["--max-write-units", pace], scratch: scratch)
      let bench = ControlBench(product: product, child: child)
      let result: Result<Void, any Error>
      do {
        try await bench.until("at work") {
          try child.errors().contains("ing \(2 * owned) changes")
        }
        result = .success(try await body(data, bench))
      } catch { result = .failure(error) }
      child.send(SIGKILL)
      _ = try await child.wait()
      try result.get()
    }
  }
}
