/// Canonical DynamoDB JSON: names sorted by bytes, sets sorted, numbers in normal form, no white space.
public enum DynamoDBJSON {
  /// The canonical text of a value.
  public static func text(_ value: AttributeValue) -> String { "" }
}
