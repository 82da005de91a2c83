import DynamoJournalExpressions
import DynamoJournalRunner
import DynamoJournalTables

/// The name of a table, with variables in it: `${USERS_TABLE:-users}`, `${STAGE}-users`.
package struct NameTemplate: Hashable, Sendable {
  /// Where it is written.
  package let source: ExpressionSource
  private let template: VariableTemplate

  /// Reads a name.
  ///
  /// - Throws: `DefinitionError`.
  package init(_ source: ExpressionSource) throws(DefinitionError) {
    self.source = source
    guard let template = VariableTemplate(source.text), !source.text.isEmpty else {
      throw DefinitionError(
        source,
        "'\(source.clause)' is not the name of a table: write it as it is, or with a variable as in ${USERS_TABLE:-users}"
      )
    }
    self.template = template
    if let secret = variables.first(where: Self.isSecret) {
      throw DefinitionError(
        source, "\(secret) holds a secret, which does not belong in a table's name: name another variable")
    }
  }

  private static func isSecret(_ name: String) -> Bool {
    ["SECRET", "TOKEN", "PASSWORD", "PASSWD", "PRIVATE", "CREDENTIAL", "ACCESS_KEY", "API_KEY"]
      .contains { name.uppercased().contains($0) }
  }

  /// The variables, in order.
  package var variables: [String] { template.variables }

  /// The variable that is the whole name; nil for any other name.
  var only: String? { template.only }

  /// The name.
  ///
  /// - Parameter value: the value of a variable; nil for one that is not set.
  /// - Throws: `DefinitionError` for a variable that has neither value nor default, and for what is no name of a table.
  package func name(_ value: (String) -> String?) throws(DefinitionError) -> String {
    let name: String
    do throws(VariableTemplate.MissingVariable) { name = try template.text(value) } catch {
      throw DefinitionError(
        source,
        "\(error.name) is not set: set it in the environment or in .env, or give it a default as in ${\(error.name):-name}"
      )
    }
    do throws(StoreError) { try Validation.check(name: name, of: .table) } catch {
      throw DefinitionError(source, "\(error.message): correct the name")
    }
    return name
  }
}
