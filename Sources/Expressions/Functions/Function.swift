/// The functions of the language: DynamoDB's own, and the pure ones that DynamoDB lacks.
///
/// Names are taken in this spelling only, as DynamoDB does.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html and
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
enum Function: String, Sendable, CaseIterable {
  case attributeExists = "attribute_exists"
  case attributeNotExists = "attribute_not_exists"
  case attributeType = "attribute_type"
  case beginsWith = "begins_with"
  case contains
  case size
  case ifNotExists = "if_not_exists"
  case listAppend = "list_append"
  case string, number, concat, substr, lower, upper, trim, split, join, replace, coalesce, epoch, iso8601,
    sha256

  /// Whether it is a condition, and so no value.
  var isCondition: Bool {
    switch self {
    case .attributeExists, .attributeNotExists, .attributeType, .beginsWith, .contains: true
    default: false
    }
  }

  /// Whether DynamoDB allows it in an update only.
  var isOfUpdates: Bool { self == .ifNotExists || self == .listAppend }

  /// How many arguments it takes.
  var argumentCount: ClosedRange<Int> {
    switch self {
    case .attributeExists, .attributeNotExists, .size, .string, .number, .lower, .upper, .trim, .sha256: 1...1
    case .attributeType, .beginsWith, .contains, .ifNotExists, .listAppend, .split, .join: 2...2
    case .epoch, .iso8601: 1...2
    case .substr: 2...3
    case .replace: 3...3
    case .concat, .coalesce: 1...Int.max
    }
  }

  /// The type of every result, as DynamoDB names it; nil when it depends on the arguments.
  var resultType: String? {
    switch self {
    case .attributeExists, .attributeNotExists, .attributeType, .beginsWith, .contains: "BOOL"
    case .size, .number, .epoch: "N"
    case .listAppend, .split: "L"
    case .ifNotExists, .coalesce: nil
    case .string, .concat, .substr, .lower, .upper, .trim, .join, .replace, .iso8601, .sha256: "S"
    }
  }

  /// The types that an argument may have; nil for any.
  func argumentTypes(_ index: Int) -> [String]? {
    switch self {
    case .attributeExists, .attributeNotExists, .ifNotExists, .coalesce, .contains: nil
    case .attributeType: index == 1 ? ["S"] : nil
    case .beginsWith, .sha256: ["S", "B"]
    case .size: ["S", "B", "SS", "NS", "BS", "L", "M"]
    case .listAppend: ["L"]
    case .string: ["S", "N", "BOOL"]
    case .number: ["S", "N"]
    case .concat, .lower, .upper, .trim, .split, .replace, .epoch: ["S"]
    case .substr: index == 0 ? ["S"] : ["N"]
    case .join: index == 0 ? ["L", "SS"] : ["S"]
    case .iso8601: index == 0 ? ["N"] : ["S"]
    }
  }
}

/// Names that may have been meant.
enum NearestName {
  /// Longer words are not compared: nothing here has such a name.
  private static let longest = 32

  /// The name that differs in the fewest letters, when it differs in a third of them at most.
  static func of(_ word: String, in names: some Sequence<String>) -> String? {
    guard word.utf8.count <= longest else { return nil }
    let letters = Array(word.lowercased().utf8)
    let distances = names.sorted().map {
      (name: $0, distance: distance(letters, Array($0.lowercased().utf8)))
    }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, letters.count / 3) ? best.name : nil
  }

  /// How many letters must be put in, taken out, replaced or swapped with the next (optimal string alignment).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var row = Array(0...right.count)
    for (place, letter) in left.enumerated() {
      var next = [place + 1]
      for (index, other) in right.enumerated() {
        var best = min(row[index] + (letter == other ? 0 : 1), row[index + 1] + 1, next[index] + 1)
        if place > 0, index > 0, letter == right[index - 1], left[place - 1] == other {
          best = min(best, before[index - 1] + 1)
        }
        next.append(best)
      }
      (before, row) = (row, next)
    }
    return row[right.count]
  }
}
