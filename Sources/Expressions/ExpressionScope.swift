import DynamoJournalTables

/// What an expression may name besides attributes, and what it must not change.
package struct ExpressionScope: Sendable {
  /// The variables, without the `$`.
  package var variables: Set<String>
  /// The names that stand for a value of their own, as `a` after `each: addresses AS a`; they hide an attribute of the
  /// same name, which back-ticks still reach.
  package var names: Set<String>
  /// The key of the table whose items are updated; nil when the key may be set, as in an item that is put.
  package var key: KeySchema?

  /// A scope, by default with the run's own variables `$now`, `$run` and `$index`.
  package init(
    variables: Set<String> = ["now", "run", "index"], names: Set<String> = [], key: KeySchema? = nil
  ) {
    self.variables = variables
    self.names = names
    self.key = key
  }
}

/// The values of a scope's variables and names.
package struct ExpressionBindings: Sendable {
  /// Values by variable, without the `$`.
  package var variables: [String: AttributeValue]
  /// Values by the names that `each` binds.
  package var names: [Text: AttributeValue]

  /// Bindings, by default none.
  package init(variables: [String: AttributeValue] = [:], names: [Text: AttributeValue] = [:]) {
    self.variables = variables
    self.names = names
  }
}
