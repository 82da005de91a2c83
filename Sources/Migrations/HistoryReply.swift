import SpartaJournal

/// The reply of `node_getValidatorsStats`, which may be of any size: it is read twice, entry by entry.
///
/// `{"result": {"stats": {"0xab…": {"history": [{"slot": "48211", "status": "attestation-sent"}]}}}}`
struct HistoryReply {
  private let input: CapturedInput
  /// How many validators there are.
  private(set) var validators = 0
  /// How many of them have a history.
  private(set) var withHistory = 0
  /// How many entries there are.
  private(set) var entries = 0
  /// Whether each validator comes once, its slots in ascending order: then no slot can come twice.
  private(set) var isAscending = true
  private var id: JSONValue?
  private var failure: RPCFailure?
  private var hasResult = false
  private var hasStats = false

  /// Reads the reply to its end.
  ///
  /// - Throws: `InputError` that says what was missing.
  init(_ input: CapturedInput, _ planner: Planner) throws {
    self.input = input
    let names = try planner.lookupTable()
    do {
      var reader = try input.reader()
      try readRoot(&reader, names)
      _ = try reader.next()
    } catch let error as JSONError {
      throw input.unusable("it is not valid JSON: \(error)")
    }
    if let failure { throw input.unusable(failure.description) }
    guard hasResult else { throw input.unusable("'result' is missing") }
    guard hasStats else { throw input.unusable("'result.stats' is missing") }
    if !isFile, id?.isNull ?? true { throw input.unusable("its 'id' is missing") }
  }

  private var isFile: Bool { input.source.hasPrefix("file:") }

  private mutating func readRoot(_ reader: inout JSONReader, _ names: LookupTable) throws {
    try naming("it is not an object") {
      try reader.forEachMember { name, reader in
        switch name {
        case "error":
          guard failure == nil else { throw input.unusable("it has 'error' twice") }
          let value = try reader.readValue()
          if !value.isNull { failure = RPCFailure(value) }
        case "id":
          guard id == nil else { throw input.unusable("it has 'id' twice") }
          let value = try reader.readValue()
          id = value
          // An error may have no id; a file may be the reply to somebody else's request.
          if !value.isNull, !isFile, value != AztecRPC.requestID {
            throw input.unusable("its 'id' is that of another request")
          }
        case "result":
          if hasResult { throw input.unusable("it has 'result' twice") }
          hasResult = true
          try readResult(&reader, names)
        default: break
        }
      }
    }
  }

  private mutating func readResult(_ reader: inout JSONReader, _ names: LookupTable) throws {
    try naming("'result' is not an object") {
      try reader.forEachMember { name, reader in
        guard name == "stats" else { return }
        if hasStats { throw input.unusable("it has 'result.stats' twice") }
        hasStats = true
        try naming("'result.stats' is not an object") {
          try reader.forEachMember { validator, reader in
            validators += 1
            if try !names.add(validator, "") { isAscending = false }
            try readValidator(&reader)
          }
        }
      }
    }
  }

  private mutating func readValidator(_ reader: inout JSONReader) throws {
    var histories = 0
    try naming("validator \(validators) of 'result.stats' is not an object") {
      try reader.forEachMember { name, reader in
        guard name == "history" else { return }
        histories += 1
        if try readHistory(&reader) { withHistory += 1 }
      }
    }
    if histories > 1 { throw input.unusable("validator \(validators) of 'result.stats' has 'history' twice") }
  }

  /// Reads a history, if there is one.
  private mutating func readHistory(_ reader: inout JSONReader) throws -> Bool {
    switch try reader.next() {
    case .null?: return false
    case .beginArray?: break
    default: throw input.unusable("the history of validator \(validators) of 'result.stats' is not an array")
    }
    var last: DecimalNumber?
    while let value = try reader.nextElement() {
      entries += 1
      let slot = HistoryEntry(value, of: "", number: 0).slot
      if let last, let slot, slot <= last { isAscending = false }
      last = slot ?? last
    }
    return true
  }

  /// Says in our terms that a value is of another type than it must be.
  private func naming(_ problem: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as JSONError where error.kind == .expectedObject {
      throw input.unusable(problem)
    }
  }

  /// The entries, from the first one on.
  ///
  /// - Parameter limit: so many validators; nil for all.
  func reader(_ planner: Planner, limit: Int?) throws -> HistoryReader {
    var reader = try input.reader()
    // The first pass found it.
    guard try reader.seek(["result", "stats"]) else { throw input.unusable("'result.stats' is missing") }
    _ = try reader.next()
    return HistoryReader(reader, seen: isAscending ? nil : try planner.lookupTable(), limit: limit)
  }
}
