import Foundation
import DynamoJournalEvents
import DynamoJournalRunner
import TestSupport
import Testing

/// A process that dies anywhere: a crash is what it leaves on disk, a copy of journal and tables that is taken at each append
/// before it is committed, and at each write after it is made. A second process opens the copy and goes on.
struct Deaths {
  /// What is there before the command that dies.
  var start: (Workbench) async throws -> Void
  /// The command that dies.
  var command: (Workbench) async throws -> RunResult
  /// What must be true of each copy before anything goes on.
  var standing: (Workbench) async throws -> Void = { _ in }
  /// What the second process does: all must end as the command did.
  var goOn: (Workbench) async throws -> RunResult
  /// What is looked at in the end.
  var afterwards: (Workbench) async throws -> Void = { _ in }

  /// Takes a copy whenever it is called, and remembers what went wrong.
  private final class Copies: Sendable {
    let folder: String
    let names = Recorder<String>()
    let errors = Recorder<String>()

    init(_ folder: String) { self.folder = folder }

    func take(_ moment: String) {
      let name = folder + "/copy-\(names.values.count)-\(moment)"
      do { try Workbench.copy(folder + "/live", to: name) } catch { errors.add("\(error)") }
      names.add(name)
    }
  }

  private struct End {
    let contents: [String]
    let counts: RunCounts
    let state: RunState
  }

  /// Runs the command with copies taken at each moment, then goes on in each copy.
  func everywhere(_ folder: String) async throws {
    let copies = Copies(folder)
    let end = try await live(folder, copies)
    #expect(copies.errors.values == [])
    for copy in copies.names.values {
      let bench = try Workbench(copy)
      guard try await !bench.journal.runs().isEmpty else { continue }
      try await standing(bench)
      let result = try await goOn(bench)
      #expect(result.fold.position.state == end.state, "\(copy)")
      #expect(result.counts == end.counts, "\(copy)")
      #expect(try await bench.contents() == end.contents, "\(copy)")
      let outcomes = try await bench.outcomes()
      #expect(outcomes.values.allSatisfy { $0.count { $0.kind == .applied } <= 1 }, "\(copy)")
      _ = try await bench.events()
      try await afterwards(bench)
    }
    #expect(copies.names.values.count >= 5)
  }

  private func live(_ folder: String, _ copies: Copies) async throws -> End {
    let live = folder + "/live"
    try FileManager.default.createDirectory(atPath: live, withIntermediateDirectories: true)
    let armed = Recorder<Bool>()
    let isArmed = { @Sendable in armed.values.last == true }
    var faults = FaultyStore.Faults()
    faults.after = { call in if isArmed() { copies.take("write-\(call)") } }
    let bench = try Workbench(
      live, faults: faults, appending: { if isArmed() { copies.take("append") } })
    try await start(bench)
    armed.add(true)
    let result = try await command(bench)
    armed.add(false)
    let end = End(
      contents: try await bench.contents(), counts: result.counts, state: result.fold.position.state)
    try await afterwards(bench)
    return end
  }
}
