import SpartaJournal

/// One entry of the API's validators.
struct ValidatorEntry: Hashable {
  /// What is wrong with an entry.
  enum Flaw: String {
    case notAnObject = "is not an object"
    case noAddress = "has no address"
    case notAnAddress = "has an address that is not 0x and 40 hexadecimal digits"
    case strangeOperator = "names its operator by something that is not a string"
  }

  /// The address as it came: it becomes a key, so nothing else will do.
  var address: String?
  /// The operator's `discordId`, or nil for a validator without an operator.
  var operatorID: String?
  /// `lastAttestationSlot`; 0 when it is missing or unreadable.
  var slot: Int64 = 0
  /// Why the entry, or a part of it, is left out.
  var flaw: Flaw?

  init(_ value: JSONValue) {
    guard value.objectValue != nil else {
      flaw = .notAnObject
      return
    }
    let written = value["address"]?.stringValue ?? ""
    address = EthereumAddress.isOne(written) ? written : nil
    slot = Self.slot(value["lastAttestationSlot"])
    switch value["operatorId"] {
    case nil, .null?, .string("")?: operatorID = nil
    case .string(let text)?: operatorID = text
    // An id that was written as a number is taken digit by digit, which loses nothing.
    case .number(let text)? where Self.isDigits(text): operatorID = text
    default: flaw = .strangeOperator
    }
    if address == nil { flaw = written.isEmpty ? .noAddress : .notAnAddress }
  }

  /// The slot, from a whole number or a string of digits.
  ///
  /// Digits beyond 64 bits count as the highest slot there is, so that they still beat every other; whatever else can't
  /// be read counts as 0.
  static func slot(_ value: JSONValue?) -> Int64 {
    switch value {
    case .string(let text)? where isDigits(text): Int64(text) ?? .max
    case .number(let text)? where isDigits(text): Int64(text) ?? .max
    // 48211.0 and 4.8211e4 are whole numbers too.
    case .number(let text)?: Double(text).flatMap { Int64(exactly: $0) }.map { max(0, $0) } ?? 0
    default: 0
    }
  }

  private static func isDigits(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

/// The reply of `/api/validator/validators`: `{"success": true, "data": {"validators": […]}}`.
enum ValidatorsReply {
  /// Hands every entry to `body`, then checks that the reply was whole.
  ///
  /// - Throws: `InputError` that says what was missing.
  static func read(_ input: CapturedInput, _ body: (ValidatorEntry) throws -> Void) throws {
    try SuccessReply.read(input, listAt: ["data", "validators"]) { try body(ValidatorEntry($0)) }
  }
}
