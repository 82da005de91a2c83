/// A condition that a target is asked to hold items against, so that only those that match cross the wire.
///
/// It is a help, never the last word: whoever asks holds the items against the condition again. A store may leave it aside.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.FilterExpression
package struct ScanFilter: Hashable, Sendable {
  /// A name and its placeholder, such as `#n0`.
  package struct Name: Hashable, Sendable {
    let placeholder: String
    let name: Text
  }

  /// A value and its placeholder, such as `:v0`.
  package struct Value: Hashable, Sendable {
    let placeholder: String
    let value: AttributeValue
  }

  /// `FilterExpression`
  package let expression: String
  private let nameList: [Name]
  private let valueList: [Value]

  /// A filter.
  package init(
    expression: String, names: [(placeholder: String, name: Text)],
    values: [(placeholder: String, value: AttributeValue)]
  ) {
    self.expression = expression
    nameList = names.map { Name(placeholder: $0.placeholder, name: $0.name) }
    valueList = values.map { Value(placeholder: $0.placeholder, value: $0.value) }
  }

  /// For `ExpressionAttributeNames`.
  package var names: [(placeholder: String, name: Text)] { nameList.map { ($0.placeholder, $0.name) } }

  /// For `ExpressionAttributeValues`, which must be left out when there are none.
  package var values: [(placeholder: String, value: AttributeValue)] {
    valueList.map { ($0.placeholder, $0.value) }
  }
}
