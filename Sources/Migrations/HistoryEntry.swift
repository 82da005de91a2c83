import SpartaJournal

/// One entry of a validator's history.
struct HistoryEntry: Hashable {
  /// What is wrong with an entry.
  enum Flaw: String {
    case notAnObject = "is not an object"
    case badAddress = "belongs to a validator whose address is not 0x and 40 hexadecimal digits"
    case badSlot = "has a slot that is not a whole number"
    case noStatus = "has no status"
    case repeatedSlot = "has a slot that its validator had before in the reply"
  }

  /// The validator, as the reply names it: it becomes a key, so nothing but an address will do.
  let validator: String
  /// How many of the validator's entries came before, and this one.
  let number: Int
  /// The slot; nil when it can't be read.
  let slot: DecimalNumber?
  /// The status; nil when there is none.
  let status: String?
  /// Why the entry is left out.
  var flaw: Flaw?

  init(_ value: JSONValue, of validator: String, number: Int) {
    self.validator = validator
    self.number = number
    slot = value["slot"].flatMap(Self.slot)
    status = value["status"]?.stringValue
    flaw =
      if value.objectValue == nil { .notAnObject } else if !EthereumAddress.isOne(validator) {
        .badAddress
      } else if slot == nil { .badSlot } else if status == nil { .noStatus } else { nil }
  }

  /// The slot from a number or a string of digits; whole, and not below zero.
  private static func slot(_ value: JSONValue) -> DecimalNumber? {
    let text: String
    switch value {
    case .number(let number): text = number
    case .string(let digits) where digits.utf8.allSatisfy { (0x30...0x39).contains($0) }: text = digits
    default: return nil
    }
    // What DynamoDB can't hold is no slot.
    guard let number = try? DecimalNumber(text), !number.isNegative, !number.text.utf8.contains(0x2E)
    else { return nil }
    return number
  }
}
