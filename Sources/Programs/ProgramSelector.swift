import DynamoJournalEvents
import DynamoJournalExpressions
import DynamoJournalRunner
import DynamoJournalTables

/// Which items a program is asked about, and what is said of each item whatever it answers: `where` and `note`.
struct ProgramSelector {
  /// What becomes of an item before the program sees it.
  struct Selection {
    /// Whether the program is asked about it.
    let isAsked: Bool
    /// What is said of it.
    let findings: [ProgramWindow.Finding]
  }

  private let definition: ProgramDefinition
  private let bindings: ExpressionBindings

  init(_ definition: ProgramDefinition, _ bindings: ExpressionBindings) {
    (self.definition, self.bindings) = (definition, bindings)
  }

  /// What becomes of an item.
  ///
  /// - Throws: `Refusal` for one that an expression has no result for, unless that is to be noted.
  func selection(of item: Item, _ key: Key) throws -> Selection {
    var findings: [ProgramWindow.Finding] = []
    do throws(EvaluationFailure) {
      for (number, finding) in definition.findings.enumerated()
      where try finding.condition.holds(for: item, bindings) {
        findings.append(.init(.warning, code: "note\(number + 1)", finding.text))
      }
      let isAsked = try definition.condition?.holds(for: item, bindings) ?? true
      return Selection(isAsked: isAsked, findings: findings)
    } catch {
      let words = "'where' or 'note' has no result for it (\(error))"
      guard definition.onError == .note else {
        throw Refusal(
          "the item \(key) can't be selected or left out: \(words)",
          remedy: "correct the item or the condition, or set 'onError: note'")
      }
      findings.append(.init(.data, code: "failed", "the item was left as it is: \(words)"))
      return Selection(isAsked: false, findings: findings)
    }
  }
}
