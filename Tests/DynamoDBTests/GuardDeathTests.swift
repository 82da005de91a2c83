import Foundation
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

@Suite("A process that holds a guard and is killed", .emulators)
struct GuardDeathTests {
  /// Where the guards are.
  enum Place: String, CaseIterable, Sendable {
    case embedded, ministack, roto
  }

  @Test(
    "its own journal's next process goes on at once, a copy of the journal does not",
    arguments: Place.allCases)
  func killed(_ place: Place) async throws {
    try await withTemporaryFolder { folder in
      let target = try await Self.target(place, folder)
      let (journal, copy) = ("\(folder)/journal.sqlite", "\(folder)/copy.sqlite")
      for path in [journal, copy] { try Data("journal".utf8).write(to: URL(fileURLWithPath: path)) }
      let first = try await Self.hold(target, journal, folder)
      #expect(try await Self.answer(first) == "taken 1")
      try await Self.expectHeld(target, copy, by: first, folder)
      first.send(SIGKILL)
      #expect(try await first.wait() == -SIGKILL)
      try await Self.expectHeld(target, copy, by: first, folder)
      let second = try await Self.hold(target, journal, run: "another run", folder)
      #expect(try await Self.answer(second) == "taken 2")
      second.send(SIGKILL)
      #expect(try await second.wait() == -SIGKILL)
    }
  }

  private static let table = "killed-items"

  /// The target, with a table of guards that knows nothing of this table.
  private static func target(_ place: Place, _ folder: String) async throws -> String {
    let url: String
    switch place {
    case .embedded: return "\(folder)/tables.sqlite"
    case .ministack: url = try Emulators.server(.ministack).url
    case .roto: url = try Emulators.server(.roto).url
    }
    try await withStore(at: url) {
      try await $0.store.create(TableGuards.spec(named: TableGuards.defaultName))
    }
    return url
  }

  /// Starts a holder.
  private static func hold(
    _ target: String, _ journal: String, run: String = "run", _ folder: String
  ) async throws -> Child {
    let scratch = "\(folder)/\(UUID().uuidString)"
    try Folder.make(scratch)
    let program = URL(fileURLWithPath: Product.path).deletingLastPathComponent()
    return try await Child.start(
      program.appendingPathComponent("guard-holder").path, [target, table, journal, run], scratch: scratch)
  }

  /// The first line that it prints.
  private static func answer(_ holder: Child) async throws -> String {
    while true {
      let output = try holder.output()
      if let end = output.firstIndex(of: "\n") { return String(output[..<end]) }
      guard holder.isRunning else { return "ended: \(output) \(try holder.errors())" }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private static func expectHeld(
    _ target: String, _ journal: String, by holder: Child, _ folder: String
  ) async throws {
    let other = try await hold(target, journal, folder)
    let line = try await answer(other)
    #expect(line.hasPrefix("held") && line.contains("process \(holder.processIdentifier),"), "\(line)")
    if !line.hasPrefix("held") { other.send(SIGKILL) }
    #expect(try await other.wait() == 5)
  }
}
