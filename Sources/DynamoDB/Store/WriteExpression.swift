import DynamoJournalJSON
import DynamoJournalTables

/// The expressions of one change: on what condition, and what to set.
///
/// Names and values stand in placeholders, in the order of the attributes' names, so that the same change always makes
/// the same request.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
struct WriteExpression {
  /// Bytes of one expression.
  ///
  /// Source: "Expression parameters" in
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
  static let maximumSize = Validation.maximumExpressionSize
  /// Comparisons of one condition: each costs an operator, and so does each `AND`; 300 are allowed.
  static let maximumComparisons = Validation.maximumComparisons

  /// The condition.
  private(set) var condition = ""
  /// What an update does; nil when it only looks.
  private(set) var update: String?
  /// Whether every attribute that the change looks at is in the condition.
  private(set) var isWhole = true

  private var names = RequestBody()
  private var nameCount = 0
  private var values = RequestBody()
  private var valueCount = 0
  private var comparisons = 0

  /// The expressions of a change of a table with that key.
  init(_ change: Change, key: KeySchema) {
    let partition = key.partition.name
    switch (change.before, change.after) {
    case (nil, _): condition = "attribute_not_exists(\(placeholder(forName: partition)))"
    case (let before?, nil):
      condition = "attribute_exists(\(placeholder(forName: partition)))"
      comparisons = 1
      for entry in before.entries where entry.name != partition && entry.name != key.sort?.name {
        _ = compare(entry.name, with: entry.value)
      }
    case (let before?, let after?):
      condition = "attribute_exists(\(placeholder(forName: partition)))"
      comparisons = 1
      setUpdate(before, after, change.touched)
    }
  }

  /// Adds the expressions to a request.
  func add(to body: inout RequestBody) {
    body.add("ConditionExpression", .string(condition))
    if let update { body.add("UpdateExpression", .string(update)) }
    body.add("ExpressionAttributeNames", raw: names.finished)
    if valueCount > 0 { body.add("ExpressionAttributeValues", raw: values.finished) }
  }

  /// Adds a comparison, if there is room for it; the attribute's placeholder.
  private mutating func compare(_ attribute: Text, with value: AttributeValue?) -> String? {
    let name = "#n\(nameCount)"
    let comparison = value == nil ? " AND attribute_not_exists(\(name))" : " AND \(name) = :v\(valueCount)"
    guard condition.utf8.count + comparison.utf8.count <= Self.maximumSize,
      comparisons < Self.maximumComparisons
    else {
      isWhole = false
      return nil
    }
    condition += comparison
    comparisons += 1
    if let value { _ = placeholder(forValue: value) }
    return placeholder(forName: attribute)
  }

  private mutating func setUpdate(_ before: Item, _ after: Item, _ touched: [Text]) {
    var (sets, removes) = ("", "")
    for attribute in touched {
      let (old, new) = (before[attribute], after[attribute])
      // Without room for one comparison the update is not made at all.
      guard let name = compare(attribute, with: old) else { return }
      if old == new { continue }
      if let new {
        sets += (sets.isEmpty ? "SET " : ", ") + "\(name) = \(placeholder(forValue: new))"
      } else {
        removes += (removes.isEmpty ? "REMOVE " : ", ") + name
      }
    }
    let text = sets.isEmpty || removes.isEmpty ? sets + removes : sets + " " + removes
    if text.utf8.count > Self.maximumSize { isWhole = false }
    update = text.isEmpty ? nil : text
  }

  private mutating func placeholder(forName attribute: Text) -> String {
    let placeholder = "#n\(nameCount)"
    names.add(placeholder, .string(attribute.string))
    nameCount += 1
    return placeholder
  }

  private mutating func placeholder(forValue value: AttributeValue) -> String {
    let placeholder = ":v\(valueCount)"
    values.add(placeholder, value: value)
    valueCount += 1
    return placeholder
  }
}
