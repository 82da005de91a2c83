import SpartaMigrations
import DynamoJournalRunner
import TestSupport
import Testing

/// What every migration passes on a server: plan, apply, compare with what the embedded store came to, undo, compare with
/// the start, apply again, find nothing more to do. Deaths are tried on the embedded store, where they can be copied.
@Suite("Every migration on a server", .servers(.ministack, .roto), .serialized)
struct HarnessTests {
  /// What a server can't do, by migration, with the reason. Both can do it all.
  static let lacking: [Emulator.Kind: [String: String]] = [:]

  @Test("no server is let off a migration that does not exist")
  func lackingNames() {
    let names = Set(SpartaMigrations.all.map(\.name))
    for reasons in Self.lacking.values { #expect(names.isSuperset(of: reasons.keys)) }
  }

  @Test(
    "plan, apply, undo, apply again, find nothing more", arguments: Emulator.Kind.allCases,
    MigrationSpecimen.all)
  func cycle(_ kind: Emulator.Kind, _ specimen: MigrationSpecimen) async throws {
    guard Self.lacking[kind]?[specimen.description] == nil else { return }
    let expected = try await specimen.onEmbeddedStore()
    try await withServerStore(at: Servers.server(kind).url) { store in
      try await withTemporaryFolder { folder in
        let harness = try MigrationHarness(folder: folder, store: store)
        try await specimen.seed(harness)
        #expect(try await harness.dump() == expected.start)
        try await harness.cycle(
          specimen.migration, specimen.settings, planned: specimen.planned,
          plannedAgain: specimen.plannedAgain
        ) {
          let end = try await harness.dump()
          #expect(end == expected.end)
        }
      }
    }
  }

  @Test(
    "a target that is lost at any write is resumed, forward and backward",
    arguments: Emulator.Kind.allCases, MigrationSpecimen.all)
  func lostTarget(_ kind: Emulator.Kind, _ specimen: MigrationSpecimen) async throws {
    guard Self.lacking[kind]?[specimen.description] == nil else { return }
    try await withServerStore(at: Servers.server(kind).url) { store in
      try await withTemporaryFolder { folder in
        let harness = try MigrationHarness(folder: folder, store: store)
        try await specimen.seed(harness)
        try await harness.loseEachWrite(specimen.migration, specimen.settings, writes: specimen.writes)
      }
    }
  }
}
