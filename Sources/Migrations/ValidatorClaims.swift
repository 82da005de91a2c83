import SpartaJournal

/// Who gets an address: whoever has it in the validators table, else the first operator in table order that lists it.
struct ValidatorClaims {
  private let known: KnownValidators
  /// The operator that lists an address first, by the address in lower case.
  private let first: LookupTable

  init(_ planner: Planner, _ known: KnownValidators) throws {
    self.known = known
    first = try planner.lookupTable()
  }

  /// Takes in an operator's list.
  func add(_ item: Item) throws {
    guard let operatorID = item[Attribute.discordID]?.stringValue,
      case .list(let entries)? = item[Attribute.validators]
    else { return }
    for case let address? in entries.map(\.stringValue) {
      _ = try first.add(address.lowercased(), operatorID)
    }
  }

  /// What an operator's claim on an address comes to.
  enum Standing: Hashable {
    /// It is in the table under this operator.
    case there
    /// It is in the table under somebody else, or nobody.
    case taken
    /// An operator before this one lists it, too.
    case listedBefore(by: String)
    /// It is free.
    case free
  }

  /// What the claim of that operator comes to.
  func standing(of address: String, for operatorID: String) throws -> Standing {
    if let item = try known.item(address) {
      return item[Attribute.nodeOperatorID] == .string(operatorID) ? .there : .taken
    }
    guard let owner = try first.value(address.lowercased()), owner != operatorID else { return .free }
    return .listedBefore(by: owner)
  }
}
