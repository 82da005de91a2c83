import HTTP
import SpartaJournal

/// Moves parcels into a table of their own key: from `id` to `warehouse` and `slot`, each in one transaction.
public struct RekeyParcels: Migration {
  /// As it is typed.
  public let name = "02_rekey_parcels"
  /// One line for `list`.
  public let summary = "Re-keys parcels from id to warehouse and slot"
  /// Raised whenever it would plan something else than before.
  public let version = 1
  /// Where its plan comes from; a test says when the digest has to be set anew.
  public let code = MigrationCode(
    "sha256:87e0c2b939de7ad0fe95a24eb2864c25686cc7631e189ce64315322794af3635",
    files: "02_rekey_parcels.swift")
  /// The settings that the journal keeps.
  public let variables = ["PARCELS_TABLE_NAME", "PLACES_TABLE_NAME"]
  /// Where the parcels are, and where they go.
  public let needs = Needs(tables: [parcels, places])
  /// Five parcels.
  public let testLimit = 5

  static let parcels = Needs.Table(
    variables: ["PARCELS_TABLE_NAME"], defaultName: "acme-parcels",
    keys: [KeySchema(partition: KeyAttribute("id", .string))])
  static let places = Needs.Table(
    variables: ["PLACES_TABLE_NAME"], defaultName: "acme-places",
    keys: [KeySchema(partition: KeyAttribute("warehouse", .string), sort: KeyAttribute("slot", .number))])

  /// The migration.
  public init() {}

  /// Plans two changes a parcel, both or neither: it is put under its new key and deleted under the old one.
  public func plan(_ planner: Planner) async throws {
    let source = try await planner.tables.require(Self.parcels, planner.settings)
    let target = try await planner.tables.require(Self.places, planner.settings)
    try await planner.forEachItem(of: source, step: "parcels") { step, parcel in
      step.count("parcels")
      guard let warehouse = parcel["warehouse"]?.stringValue, parcel["slot"]?.integerValue != nil else {
        return step.count("without a place")
      }
      var moved = parcel
      moved["address"] = .string(Address(warehouse: warehouse).text)
      guard let from = source.spec.key.key(of: parcel), let to = target.spec.key.key(of: moved) else {
        return
      }
      step.plan([
        Change(table: target.spec.name, key: to, before: nil, after: moved),
        Change(table: source.spec.name, key: from, before: parcel, after: nil),
      ])
    }
  }
}
