import JSON
import Tables

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
  static let maximumSize = 4_096
  /// Comparisons of one condition: each costs an operator, and so does each `AND`; 300 are allowed.
  static let maximumComparisons = 150

  /// The condition.
  private(set) var condition = ""
  /// What an update does; nil when it only looks.
  private(set) var update: String?
  /// Whether every attribute that the change looks at is in the condition.
  private(set) var isWhole = true

  private var names: [JSONValue.Member] = []
  private var values = AttributeMap()
  private var placeholders: [Text: String] = [:]
  private var comparisons = 0

  /// The expressions of a change of a table with that key.
  init(_ change: Change, key: KeySchema) {
    let partition = key.partition.name
    switch (change.before, change.after) {
    case (nil, _): condition = "attribute_not_exists(\(name(partition)))"
    case (let before?, nil):
      compare(partition, with: nil, isKey: true)
      let keyNames = Set(key.attributes.map(\.name))
      for entry in before.entries where !keyNames.contains(entry.name) {
        compare(entry.name, with: entry.value)
      }
    case (let before?, let after?):
      compare(partition, with: nil, isKey: true)
      for name in change.touched { compare(name, with: before[name]) }
      setUpdate(before, after, change.touched)
    }
  }

  /// Adds the expressions to a request.
  func add(to body: inout RequestBody) {
    body.add("ConditionExpression", .string(condition))
    if let update { body.add("UpdateExpression", .string(update)) }
    body.add("ExpressionAttributeNames", .object(names))
    if !values.isEmpty { body.add("ExpressionAttributeValues", item: values) }
  }

  // MARK: The condition

  private mutating func compare(_ attribute: Text, with value: AttributeValue?, isKey: Bool = false) {
    let name = placeholders[attribute] ?? "#n\(names.count)"
    let comparison =
      isKey
      ? "attribute_exists(\(name))"
      : value == nil ? "attribute_not_exists(\(name))" : "\(name) = :v\(values.count)"
    let longer = condition + (condition.isEmpty ? "" : " AND ") + comparison
    guard longer.utf8.count <= Self.maximumSize, comparisons < Self.maximumComparisons else {
      isWhole = false
      return
    }
    condition = longer
    comparisons += 1
    _ = self.name(attribute)
    if let value { _ = placeholder(for: value) }
  }

  // MARK: The update

  private mutating func setUpdate(_ before: Item, _ after: Item, _ touched: [Text]) {
    var sets: [String] = []
    var removes: [String] = []
    for attribute in touched where before[attribute] != after[attribute] {
      if let value = after[attribute] {
        sets.append("\(name(attribute)) = \(placeholder(for: value))")
      } else {
        removes.append(name(attribute))
      }
    }
    let clauses = [("SET", sets), ("REMOVE", removes)].filter { !$0.1.isEmpty }
    guard !clauses.isEmpty else { return }
    let text = clauses.map { "\($0) \($1.joined(separator: ", "))" }.joined(separator: " ")
    if text.utf8.count > Self.maximumSize || sets.count + removes.count > 300 { isWhole = false }
    update = text
  }

  // MARK: Placeholders

  private mutating func name(_ attribute: Text) -> String {
    if let known = placeholders[attribute] { return known }
    let placeholder = "#n\(names.count)"
    names.append(JSONValue.Member(name: placeholder, value: .string(attribute.string)))
    placeholders[attribute] = placeholder
    return placeholder
  }

  private mutating func placeholder(for value: AttributeValue) -> String {
    let placeholder = ":v\(values.count)"
    values[Text(placeholder)] = value
    return placeholder
  }
}
