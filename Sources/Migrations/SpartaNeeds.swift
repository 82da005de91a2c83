import JSON
import Runner
import Tables

extension ConfiguredTable {
  /// The table as a migration needs it.
  func need(
    _ keys: KeySchema..., absence: Needs.Table.Absence = .refused, mustBeNamed: Bool = false,
    isWritten: Bool = true, gainsIndexes: Bool = false
  ) -> Needs.Table {
    Needs.Table(
      variables: [variable], defaultName: mustBeNamed ? nil : defaultName, keys: keys, absence: absence,
      isWritten: isWritten, gainsIndexes: gainsIndexes)
  }

  /// The keys that the table may have.
  var designs: [KeySchema] {
    switch variable {
    case Variable.nodeOperators: [Design.operators, OperatorTables.targetKey]
    case Variable.newNodeOperators: [OperatorTables.targetKey]
    case Variable.validators: [Design.validators]
    case Variable.validatorHistory: [Design.history]
    default: []
    }
  }
}

extension Needs.Input {
  /// A reply of the Sparta API with a list in it.
  ///
  /// - Parameter saysSuccess: whether it must have `success: true`.
  static func api(_ path: String, list: [String], saysSuccess: Bool = true) -> Needs.Input {
    Needs.Input(variable: Variable.apiURL) { settings in
      let api = try SpartaAPI(settings)
      try api.requireKey()
      return api.get(path, as: path)
    } judge: { reply in
      if reply.objectValue == nil { return "it is no object" }
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
    return found.map(isRight) == true ? nil : "'\(path.joined(separator: "."))' is missing or no list"
  }
}

extension Catalog {
  /// What the migrations need together, as far as the settings are about it: tables that nobody named are looked for
  /// under their default names and may be missing, and what no variable points to is not asked.
  public static func needs(_ settings: Settings) -> Needs {
    let tables = ConfiguredTable.all.map { table in
      Needs.Table(
        variables: [table.variable], defaultName: table.defaultName, keys: table.designs,
        absence: settings[table.variable] == nil ? .passedOver : .refused,
        isWritten: table.variable != Variable.networkStats)
    }
    var sources: Set<String> = []
    let inputs = all.flatMap(\.needs.inputs).filter { input in
      guard settings[input.variable] != nil, let source = try? input.request(settings).source else {
        return settings[input.variable] != nil && sources.insert(input.variable).inserted
      }
      return sources.insert(source).inserted
    }
    return Needs(tables: tables, inputs: inputs)
  }
}
