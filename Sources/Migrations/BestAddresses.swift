import SpartaJournal

/// The best address of every operator that the API knows: that of its validator with the highest slot, the first one
/// on a tie.
final class BestAddresses {
  /// The address of each operator's best validator.
  private let best: LookupTable
  /// Who lists an address, in the API's order; see `list`.
  private let owners: LookupTable
  /// Who gets a shared address; each is found once.
  private let winners: LookupTable

  init(_ planner: Planner) throws {
    best = try planner.lookupTable()
    owners = try planner.lookupTable()
    winners = try planner.lookupTable()
  }

  /// How many operators have a validator.
  func count() throws -> Int { try best.count() }

  /// Takes in a validator of an operator.
  func add(_ address: String, slot: Int64, of operatorID: String) throws {
    try best.keepHighest(operatorID, rank: slot, address)
    try list(operatorID, under: address.lowercased())
  }

  /// The operator's best address as it came, or nil when it has no validator.
  func address(of operatorID: String) throws -> String? { try best.value(operatorID) }

  /// The operator that gets an address which may be the best of several: the one that comes first in the API's reply
  /// among those that are still to be migrated.
  ///
  /// The reply is captured and a plan changes no table, so the answer is the same whenever the run is resumed.
  func winner(of address: String, isToBeMigrated: (String) async throws -> Bool) async throws -> String? {
    let name = address.lowercased()
    if let known = try winners.value(name) { return known }
    var place = 0
    while let candidate = try owners.value("\(place):\(name)") {
      place += 1
      guard try best.value(candidate)?.lowercased() == name else { continue }
      guard try await isToBeMigrated(candidate) else { continue }
      try winners.set(name, candidate)
      return candidate
    }
    return nil
  }

  /// Whether several operators list the address.
  func isShared(_ address: String) throws -> Bool { try owners.value("1:\(address.lowercased())") != nil }

  /// Nearly every address has one operator, which is found under `0:address`; more stand under `1:address` and so on,
  /// with their number under `#:address` and the operators known by then under `=:operator:address`.
  private func list(_ operatorID: String, under name: String) throws {
    if try owners.add("0:\(name)", operatorID) { return }
    if try owners.value("0:\(name)") == operatorID { return }
    guard try owners.add("=:\(operatorID.utf8.count):\(operatorID):\(name)", "") else { return }
    let place = try owners.value("#:\(name)").flatMap { Int($0) } ?? 1
    try owners.set("\(place):\(name)", operatorID)
    try owners.set("#:\(name)", String(place + 1))
  }
}
