import DynamoJournalTables

/// An expression as DynamoDB's API takes it, with placeholders for names (`#n0`) and values (`:v0`).
package struct RequestForm: Hashable, Sendable {
  /// DynamoDB's limits. Source: "Expression parameters" in
  /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
  enum Limit {
    static let bytes = 4_096
    static let bytesOfNamesAndValues = 2 << 20
    static let operators = 300
    /// One less than documented: the service counts the operand before IN.
    static let choices = 99
  }

  /// A name and its placeholder.
  package struct Name: Hashable, Sendable {
    /// `#n0`
    package let placeholder: String
    /// The attribute's name.
    package let name: Text
  }

  /// A value and its placeholder.
  package struct Value: Hashable, Sendable {
    /// `:v0`
    package let placeholder: String
    /// The value.
    package let value: AttributeValue
  }

  /// The text for `FilterExpression`, `ConditionExpression` or `UpdateExpression`.
  package let expression: String
  /// For `ExpressionAttributeNames`; never empty.
  package let names: [Name]
  /// For `ExpressionAttributeValues`; must be left out of a request when it is empty.
  package let values: [Value]
}
