import DynamoJournalTables

/// Why a text can't be read as an expression, found before any item is looked at.
package struct ExpressionError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Kind: Hashable, Sendable {
    /// There is nothing in it.
    case empty
    /// It has more bytes than the limit.
    case tooLong(limit: Int)
    /// Parentheses, functions, lists or paths are inside each other beyond the limit.
    case tooDeep(limit: Int)
    /// A character that begins nothing.
    case unknownCharacter(Unicode.Scalar)
    /// A quotation mark, back-tick or bracket is never closed.
    case unterminated(String)
    /// Something else should stand here.
    case unexpected(found: String, expected: String)
    /// A number that DynamoDB can't hold.
    case badNumber(DecimalNumberError)
    /// What stands in `b64'…'` is not base64.
    case badBinary
    /// There is no such function.
    case unknownFunction(String, nearest: String?)
    /// There is no such variable.
    case unknownVariable(String, nearest: String?)
    /// A function with too few or too many arguments.
    case wrongArgumentCount(String, expected: ClosedRange<Int>, found: Int)
    /// A function or operator that DynamoDB does not allow here.
    case notAllowedHere(String, allowed: String)
    /// A value whose type the operation can't take.
    case wrongType(operation: String, found: String, expected: String)
    /// The function takes a path and nothing else.
    case needsPath(String)
    /// `attribute_type` with a name that is not a type's.
    case badTypeName(String)
    /// A set without elements.
    case emptySet
    /// A set of several types, or of a type that has no sets.
    case mixedSet
    /// A set with the same element twice.
    case duplicateElement
    /// A map with the same name twice.
    case duplicateName(String)
    /// `BETWEEN` whose bounds differ in type or are the wrong way round.
    case badBounds
    /// An operator or function with the same path on both sides.
    case sameOperands(String)
    /// Two changes of one place.
    case overlappingPaths(String, String)
    /// One place taken for a map and for a list.
    case conflictingPaths(String, String)
    /// A change of an attribute of the table's key.
    case keyAttribute(String)
    /// A value where a condition must stand.
    case notACondition
    /// A change of a name that `each` binds.
    case boundName(String)
    /// A function of nothing but literals that fails for every item.
    case alwaysFails(EvaluationFailure.Reason)
  }

  /// What is wrong.
  package let kind: Kind
  /// Where.
  package let place: SourcePlace

  init(_ kind: Kind, in source: ExpressionSource, at range: Range<Int>) {
    self.kind = kind
    place = source.place(of: range)
  }
}

extension ExpressionError: CustomStringConvertible {
  /// The place, one sentence that says what to type instead, and the line with a caret.
  package var description: String {
    "\(place.position): \(problem)" + (remedy.map { "; \($0)" } ?? "") + "\n" + place.excerpt.text
  }
}
