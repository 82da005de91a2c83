import SpartaMigrations
import DynamoJournalRunner
import TestSupport
import Testing

/// What every migration passes on the embedded store; the servers' list is in ServerTests.
@Suite("Every migration")
struct HarnessTests {
  @Test("every migration of the catalog has a specimen")
  func complete() {
    #expect(MigrationSpecimen.all.map(\.description).sorted() == SpartaMigrations.all.map(\.name).sorted())
  }

  @Test("plan, apply, undo, apply again, find nothing more", arguments: MigrationSpecimen.all)
  func cycle(_ specimen: MigrationSpecimen) async throws {
    try await MigrationHarness.use { harness in
      try await specimen.seed(harness)
      try await harness.cycle(
        specimen.migration, specimen.settings, planned: specimen.planned, plannedAgain: specimen.plannedAgain
      ) {}
    }
  }

  @Test(
    "killed at each step and resumed, a run ends as if nothing had happened; the API is not asked again",
    arguments: MigrationSpecimen.all, MigrationDeath.API.allCases)
  func diesRunning(_ specimen: MigrationSpecimen, _ api: MigrationDeath.API) async throws {
    // The API does not matter to a migration that asks for nothing.
    guard api == .same || !specimen.replies.isEmpty else { return }
    try await withTemporaryFolder { folder in
      let replayed = try await MigrationDeath(specimen, in: folder).diesRunning(api: api)
      if !specimen.replies.isEmpty { #expect(replayed > 0, "no death between the reply and the plan") }
    }
  }

  @Test("killed at each step and gone on with, a rollback ends as ever", arguments: MigrationSpecimen.all)
  func diesRollingBack(_ specimen: MigrationSpecimen) async throws {
    try await withTemporaryFolder { folder in
      try await MigrationDeath(specimen, in: folder).diesRollingBack()
    }
  }

  @Test(
    "a run that met the API as it is later would plan otherwise",
    arguments: MigrationSpecimen.all.filter { !$0.replies.isEmpty })
  func laterPlan(_ specimen: MigrationSpecimen) async throws {
    try await withTemporaryFolder { folder in
      let digests = try await MigrationDeath(specimen, in: folder).laterDigest()
      #expect(digests.now != nil && digests.later != nil && digests.now != digests.later)
    }
  }
}
