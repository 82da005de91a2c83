import DynamoJournalProgram
import DynamoJournalJSON

/// Why bytes are not the DynamoDB JSON that was asked for, and where.
package struct DynamoDBJSONError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Kind: Hashable, Sendable {
    /// It is not JSON, or JSON of another shape.
    case json(JSONError.Kind)
    /// A value has a type tag that DynamoDB does not have, or no tag.
    case unknownType
    /// A value has more than one type tag.
    case severalTypes
    /// What follows the tag is not what that type is written as, such as `{"S":1}`.
    case wrongShape
    /// `NULL` with something other than `true`.
    case nullNotTrue
    /// A text under `B` or `BS` is not base64.
    case badBase64
    /// A text under `N` or `NS` is not a number, or one beyond DynamoDB's limits.
    case badNumber(DecimalNumberError)
    /// A set without members.
    case emptySet
    /// A set with the same member twice.
    case duplicateMember
    /// An attribute without a name.
    case emptyName
    /// Two attributes of one name.
    case duplicateAttribute
    /// More than 32 lists and maps inside each other.
    case tooDeep
  }

  /// What is wrong.
  package let kind: Kind
  /// The byte, from 0, where it was noticed.
  package let offset: Int

  /// An error at that byte.
  package init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

extension DynamoDBJSONError: ExplainedError {
  /// Without any of the item's values.
  package var explanation: Explanation {
    // It may well be JSON, only not of this form.
    if kind == .json(.unexpectedByte) {
      return Explanation(
        "unexpected character, at byte \(offset) of the DynamoDB JSON",
        "write each value with its type, such as {\"id\":{\"S\":\"x\"}}")
    }
    if case .json(let kind) = kind { return Explanation(JSONError(kind, at: offset).description) }
    return Explanation("\(kind.words), at byte \(offset) of the DynamoDB JSON")
  }
  package var errorClass: ErrorClass { .usage }
  package var exitStatus: ExitStatus { .usage }
}

extension DynamoDBJSONError.Kind {
  fileprivate var words: String {
    switch self {
    case .json(let kind): kind.words
    case .unknownType: "unknown type of a value; use S, N, B, BOOL, NULL, L, M, SS, NS or BS"
    case .severalTypes: "a value with more than one type; keep one"
    case .wrongShape:
      "a value that is not written as its type demands; write numbers and binary as strings too"
    case .nullNotTrue:
      "NULL with something other than true; write {\"NULL\":true}, or leave the attribute out"
    case .badBase64: "binary that is not base64; use the standard alphabet with padding"
    case .badNumber(let error): "\(error)"
    case .emptySet: "a set without members; leave the attribute out"
    case .duplicateMember: "a set with the same member twice; keep one"
    case .emptyName: "an attribute without a name; name it"
    case .duplicateAttribute: "two attributes of the same name; keep one"
    case .tooDeep: "more than 32 levels of lists and maps; flatten the value"
    }
  }
}
