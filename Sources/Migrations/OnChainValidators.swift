import SpartaJournal

/// The validator set on chain, as `/api/operator/validators` has it.
///
/// `{"success": true, "data": {"blockchainValidators": {"validators": ["0x…"]}, …}}`
struct OnChainValidators {
  /// Each address as it came, by itself in lower case.
  let addresses: LookupTable

  init(_ planner: Planner) throws { addresses = try planner.lookupTable() }

  /// Fetches and reads the set.
  ///
  /// - Throws: `InputError`, also when an entry is not an address: a set that is not known whole is no set.
  func fetch(_ planner: Planner) async throws {
    let request = try SpartaAPI(planner.settings).get("/api/operator/validators", as: "validators")
    let reply = try await planner.input(request)
    var number = 0
    try SuccessReply.read(reply, listAt: ["data", "blockchainValidators", "validators"]) { entry in
      number += 1
      guard let address = entry.stringValue, KeyLimits.isUsable(address) else {
        throw reply.unusable("entry \(number) of 'data.blockchainValidators.validators' is not an address")
      }
      _ = try addresses.add(address.lowercased(), address)
    }
  }

  /// How many there are; an address twice counts once.
  func count() throws -> Int { try addresses.count() }

  /// Whether the address is in the set.
  func contains(_ address: String) throws -> Bool { try addresses.value(address.lowercased()) != nil }
}
