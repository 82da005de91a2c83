import Foundation
import JSON
import Runner

/// One entry of the API's validators.
struct ValidatorEntry: Hashable {
  /// What is wrong with an entry.
  enum Flaw: String {
    case notAnObject = "is no object"
    case noAddress = "has no usable address"
    case strangeOperator = "names its operator by something that is no string"
  }

  /// The address as it came, fit to be a key.
  var address: String?
  /// The operator's `discordId`, or nil for a validator without an operator.
  var operatorID: String?
  /// `lastAttestationSlot`; 0 when it is missing or unreadable.
  var slot: Int64 = 0
  /// Why the entry, or a part of it, is left out.
  var flaw: Flaw?

  /// Bytes of a partition key at most.
  ///
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys
  private static let longestKey = 2_048

  init(_ value: JSONValue) {
    guard value.objectValue != nil else {
      flaw = .notAnObject
      return
    }
    address = value["address"]?.stringValue.flatMap(Self.usableAddress)
    slot = Self.slot(value["lastAttestationSlot"])
    switch value["operatorId"] {
    case nil, .null?, .string("")?: operatorID = nil
    case .string(let text)?: operatorID = text
    // An id that was written as a number is taken digit by digit, which loses nothing.
    case .number(let text)? where Self.isDigits(text): operatorID = text
    default: flaw = .strangeOperator
    }
    if address == nil { flaw = .noAddress }
  }

  private static func usableAddress(_ text: String) -> String? {
    let isBlank = text.allSatisfy(\.isWhitespace)
    return isBlank || text.utf8.count > longestKey ? nil : text
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

/// The reply of `/api/validator/validators`: `{"success": true, "data": {"validators": […]}}`, members in any order.
///
/// It is read entry by entry, so that its size does not matter, and it is good only once it was read to its end.
struct ValidatorsReply {
  private let input: CapturedInput
  private var isSuccess = false
  private var hasData = false
  private var hasValidators = false

  init(_ input: CapturedInput) { self.input = input }

  /// Hands every entry to `body`, then checks that the reply was whole.
  ///
  /// - Throws: `InputError` that says what was missing.
  static func read(_ input: CapturedInput, _ body: (ValidatorEntry) throws -> Void) throws {
    var reply = ValidatorsReply(input)
    do {
      var reader = try input.reader()
      try reply.readRoot(&reader, body)
      _ = try reader.next()
    } catch let error as JSONError {
      throw input.unusable("it is not valid JSON: \(error)")
    }
    try reply.check()
  }

  private mutating func readRoot(
    _ reader: inout JSONReader, _ body: (ValidatorEntry) throws -> Void
  ) throws {
    try naming("it is no object") {
      try reader.forEachMember { name, reader in
        switch name {
        case "success": isSuccess = try reader.next() == .bool(true)
        case "data": try readData(&reader, body)
        default: break
        }
      }
    }
  }

  private mutating func readData(
    _ reader: inout JSONReader, _ body: (ValidatorEntry) throws -> Void
  ) throws {
    guard !hasData else { throw input.unusable("it has 'data' twice") }
    hasData = true
    try naming("'data' is no object") {
      try reader.forEachMember { name, reader in
        guard name == "validators" else { return }
        guard !hasValidators else { throw input.unusable("it has 'data.validators' twice") }
        hasValidators = true
        try naming("'data.validators' is no array") {
          try reader.forEachElement { reader in
            let value = try reader.readValue()
            try body(ValidatorEntry(value))
          }
        }
      }
    }
  }

  /// Says in our terms that a value is of another type than it must be.
  private func naming(_ problem: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as JSONError where error.kind == .expectedObject || error.kind == .expectedArray {
      throw input.unusable(problem)
    }
  }

  private func check() throws {
    guard isSuccess else { throw input.unusable("'success' is not true") }
    guard hasData else { throw input.unusable("'data' is missing") }
    guard hasValidators else { throw input.unusable("'data.validators' is missing") }
  }
}
