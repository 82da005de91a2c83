import Migrations
import SpartaJournal
import SpartaJournalTesting
import Testing

@Suite("02_rekey_parcels") struct RekeyParcelsTests {
  let migration = RekeyParcels()
  let parcels = TableSpec(name: "acme-parcels", key: KeySchema(partition: KeyAttribute("id", .string)))
  let places = TableSpec(
    name: "acme-places",
    key: KeySchema(partition: KeyAttribute("warehouse", .string), sort: KeyAttribute("slot", .number)))

  private func parcel(_ id: String, slot: Int64) -> Item {
    ["id": .string(id), "warehouse": .string("north"), "slot": .number(slot)]
  }

  @Test("a target that is lost at any write is resumed, forward and backward, and nothing is moved by half")
  func lostTarget() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(places)
      try await harness.seed(parcels, [parcel("p", slot: 1), parcel("q", slot: 2)])
      try await harness.loseEachWrite(migration, Settings(variables: [:]), writes: 2)
    }
  }

  @Test("a parcel has its new key and nothing is left under the old one")
  func cycle() async throws {
    try await MigrationHarness.use { harness in
      try await harness.seed(places)
      try await harness.seed(parcels, [parcel("p", slot: 1)])
      try await harness.cycle(migration, Settings(variables: [:]), planned: 2) {
        try await harness.expect(parcels.name, count: 0)
        try await harness.expect(places.name, count: 1)
      }
    }
  }
}
