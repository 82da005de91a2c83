import SpartaJournal

extension ConfiguredTable {
  /// The table as a migration needs it.
  func need(
    _ keys: KeySchema..., absence: Needs.Table.Absence = .refused, mustBeNamed: Bool = false,
    isWritten: Bool = true, gainsIndexes: Bool = false, whenMissing: String? = nil,
    purpose: String = "a table"
  ) -> Needs.Table {
    Needs.Table(
      variables: [variable], defaultName: mustBeNamed ? nil : defaultName, keys: keys, absence: absence,
      isWritten: isWritten, gainsIndexes: gainsIndexes, whenMissing: whenMissing, purpose: purpose)
  }

  /// The validators table of a migration that comes after the one that makes it.
  static let filledValidators = validators.need(
    Design.validators,
    whenMissing:
      "set \(Variable.validators) to the validators table, or run 01_migrate_validators first, which creates it"
  )
}

extension Needs.Input {
  /// A reply of the Sparta API with a list in it.
  ///
  /// - Parameter saysSuccess: whether it must have `success: true`.
  static func api(_ path: String, list: [String], saysSuccess: Bool = true) -> Needs.Input {
    Needs.Input(variable: Variable.apiURL, secrets: [Variable.apiKey]) { settings in
      let api = try SpartaAPI(settings)
      try api.requireKey()
      return api.get(path, as: path)
    } judge: { reply in
      if reply.objectValue == nil { return "it is not an object" }
      if saysSuccess && reply["success"]?.boolValue != true { return "'success' is not true" }
      return missing(list, in: reply) { $0.arrayValue != nil }
    }
  }

  /// A reply of the L2's JSON-RPC endpoint.
  static func rpc(_ method: String, object: [String]) -> Needs.Input {
    Needs.Input(variable: Variable.rpcURL) {
      try AztecRPC($0).call(method, as: method)
    } judge: { reply in
      if let error = reply["error"], !error.isNull { return RPCFailure(error).description }
      return missing(object, in: reply) { $0.objectValue != nil }
    }
  }

  private static func missing(
    _ path: [String], in reply: JSONValue, unless isRight: (JSONValue) -> Bool
  ) -> String? {
    let found = path.reduce(Optional(reply)) { $0?[$1] }
    return found.map(isRight) == true ? nil : "'\(path.joined(separator: "."))' is missing or not a list"
  }
}
