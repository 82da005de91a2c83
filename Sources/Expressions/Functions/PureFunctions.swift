import Crypto
import DynamoJournalTables

/// The functions that depend on their arguments alone: no clock, no network, no language of the machine.
enum PureFunctions {
  /// Why a function has no value.
  enum Failure: Error {
    case badArgument(String)
    case number(DecimalNumberError)
    case tooLarge

    func reason(of function: Function) -> EvaluationFailure.Reason {
      switch self {
      case .badArgument(let expected): .badArgument(function: function.rawValue, expected: expected)
      case .number(let error): .number(operation: function.rawValue, error)
      case .tooLarge: .tooLarge(operation: function.rawValue, limit: Validation.maximumItemSize)
      }
    }
  }

  static func value(of function: Function, _ arguments: Arguments) throws(Failure) -> AttributeValue {
    switch function {
    case .listAppend: .list(try append(arguments.list(0), arguments.list(1)))
    case .string: .string(string(arguments[0]))
    case .number: .number(try number(arguments[0]))
    case .concat: .string(try concat(arguments))
    case .substr: .string(try substr(arguments))
    case .lower: .string(try bounded(arguments.text(0).string.lowercased()))
    case .upper: .string(try bounded(arguments.text(0).string.uppercased()))
    case .trim: .string(trim(arguments.text(0)))
    case .split: .list(try split(arguments.text(0), at: arguments.text(1)))
    case .join: .string(try join(arguments[0], with: arguments.text(1)))
    case .replace: .string(try replace(arguments.text(0), arguments.text(1), with: arguments.text(2)))
    case .epoch: .number(try epoch(arguments))
    case .iso8601: .string(try iso8601(arguments))
    case .sha256: .string(sha256(arguments[0]))
    case .attributeExists, .attributeNotExists, .attributeType, .beginsWith, .contains, .size, .ifNotExists,
      .coalesce:
      throw .badArgument("a place where its arguments are looked at one by one")
    }
  }

  private static func append(
    _ first: [AttributeValue], _ second: [AttributeValue]
  ) throws(Failure) -> [AttributeValue] {
    // An element has two bytes at least: one of its own and one of the list's.
    try bounded(2 * (first.count + second.count))
    return first + second
  }

  /// A string as it is, a number in DynamoDB's normal form, `true` or `false`.
  private static func string(_ value: AttributeValue) -> Text {
    switch value {
    case .string(let text): text
    case .number(let number): Text(number.text)
    case .bool(let bool): Text(bool ? "true" : "false")
    default: Text("")
    }
  }

  private static func number(_ value: AttributeValue) throws(Failure) -> DecimalNumber {
    switch value {
    case .string(let text):
      do throws(DecimalNumberError) { return try DecimalNumber(text.string) } catch { throw .number(error) }
    case .number(let number): return number
    default: throw .number(.notANumber)
    }
  }

  /// The digest of the bytes in small hexadecimal letters (FIPS 180-4).
  private static func sha256(_ value: AttributeValue) -> Text {
    let digest: SHA256Digest =
      switch value {
      case .binary(let bytes): SHA256.hash(data: bytes)
      case .string(let text): SHA256.hash(data: Array(text.string.utf8))
      default: SHA256.hash(data: [UInt8]())
      }
    let letters = Array("0123456789abcdef".utf8)
    let hex = digest.flatMap { [letters[Int($0 >> 4)], letters[Int($0 & 15)]] }
    return Text(String(decoding: hex, as: UTF8.self))
  }

  static func bounded(_ text: String) throws(Failure) -> Text {
    guard text.utf8.count <= Validation.maximumItemSize else { throw .tooLarge }
    return Text(text)
  }

  static func bounded(_ count: Int) throws(Failure) {
    guard count <= Validation.maximumItemSize else { throw .tooLarge }
  }
}
