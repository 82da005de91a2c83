import DynamoJournalTables

extension ExpressionError {
  /// What is wrong, in one sentence without the place.
  package var problem: String {
    switch kind {
    case .empty: "the expression '\(place.clause)' is empty"
    case .tooLong(let limit): "the expression is longer than \(limit) bytes"
    case .tooDeep(let limit): "the expression is nested deeper than \(limit) levels"
    case .unknownCharacter(let scalar): "the character \(Self.shown(scalar)) has no meaning here"
    case .unterminated(let what): "\(what) is not closed"
    case .unexpected(let found, let expected): "found \(found) where \(expected) must stand"
    case .badNumber(let error): "DynamoDB can't hold this number: \(error)"
    case .badBinary: "what stands in b64'…' is not base64"
    case .unknownFunction(let name, _): "there is no function '\(name)'"
    case .unknownVariable(let name, _): "there is no variable '$\(name)'"
    case .wrongArgumentCount(let name, let expected, let found):
      "'\(name)' takes \(Self.count(expected)), not \(found)"
    case .notAllowedHere(let name, _): "'\(name)' is not allowed here"
    case .wrongType(let operation, let found, _): "'\(operation)' can't take a value of type \(found)"
    case .needsPath(let name): "'\(name)' takes the path of an attribute"
    case .badTypeName(let name): "'\(name)' is not the name of a type"
    case .emptySet: "DynamoDB has no empty sets"
    case .mixedSet: "the elements of a set must all be strings, all numbers or all binary"
    case .duplicateElement: "the set has this element twice"
    case .duplicateName(let name): "the map has the name '\(name)' twice"
    case .badBounds: "the bounds of BETWEEN must be of one type, the lower bound first"
    case .sameOperands(let name): "both sides of '\(name)' are the same path"
    case .overlappingPaths(let first, let second) where first == second:
      "'\(first)' is changed twice, and an update changes a path once"
    case .overlappingPaths(let first, let second):
      "'\(first)' and '\(second)' overlap: one would change the other"
    case .conflictingPaths(let first, let second):
      "'\(first)' and '\(second)' conflict: one takes for a map what the other takes for a list"
    case .keyAttribute(let name): "'\(name)' is part of the table's key, which an update can't change"
    case .notACondition: "this is a value, not a condition"
    case .boundName(let name): "'\(name)' is the element that 'each' names, not an attribute"
    case .alwaysFails(let reason): "this fails for every item: \(reason.problem)"
    }
  }

  /// What to type instead; nil where the problem says it.
  package var remedy: String? {
    switch kind {
    case .empty: "write an expression, or leave the key out"
    case .tooLong, .tooDeep: "split it into several"
    case .unknownCharacter("!"): "write <> for 'not equal', and NOT before a condition"
    case .unknownCharacter("\""): "text goes in single quotation marks, for example 'free'"
    case .unknownCharacter("#"): "placeholders are not needed: write the attribute's name itself"
    case .unknownCharacter("&"), .unknownCharacter("|"): "write AND or OR"
    case .unknownCharacter:
      "write names with such characters in back-ticks, and text in single quotation marks"
    case .badNumber, .wrongArgumentCount, .emptySet, .mixedSet, .badBounds, .unexpected, .unterminated: nil
    case .badBinary: "use the standard alphabet with padding, for example b64'aGVsbG8='"
    case .unknownFunction(_, let nearest), .unknownVariable(_, let nearest):
      nearest.map { "did you mean '\($0)'?" }
    case .notAllowedHere(_, let allowed): allowed
    case .wrongType(_, _, let expected): "it takes \(expected)"
    case .needsPath: "write for example address.city"
    case .badTypeName: "write one of S, N, B, BOOL, NULL, L, M, SS, NS, BS"
    case .duplicateElement, .duplicateName: "remove one of them"
    case .sameOperands: "compare with another path or with a value"
    case .overlappingPaths, .conflictingPaths: "remove or rewrite one of them"
    case .keyAttribute: "put the item under its new key with 'put' and delete the old one"
    case .notACondition: "compare it, for example \(Self.example)"
    case .boundName: "write the name of an attribute; back-ticks reach an attribute of that name"
    case .alwaysFails(let reason): reason.remedy
    }
  }

  private static let example = "active = true"

  private static func count(_ range: ClosedRange<Int>) -> String {
    if range.upperBound == Int.max { return "\(range.lowerBound) or more arguments" }
    if range.count > 1 { return "\(range.lowerBound) to \(range.upperBound) arguments" }
    return range.lowerBound == 1 ? "1 argument" : "\(range.lowerBound) arguments"
  }

  private static func shown(_ scalar: Unicode.Scalar) -> String {
    scalar.properties.generalCategory == .control
      ? "U+\(String(scalar.value, radix: 16, uppercase: true))" : "'\(scalar)'"
  }
}
