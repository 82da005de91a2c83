import DynamoJournalEvents
import DynamoJournalExpressions
import DynamoJournalRunner
import DynamoJournalTables

/// Works out what becomes of an item: no table is looked at, nothing is counted.
struct ItemRules: Sendable {
  /// What an item is to a migration.
  enum Result: Sendable {
    /// Not selected; it may have findings.
    case unmatched(ItemOutcome)
    /// Selected, and right as it is.
    case right(ItemOutcome)
    /// Selected, and to be changed.
    case changed(ItemOutcome)
    /// Selected, and left as it is, since something could not be worked out.
    case left(ItemOutcome)
  }

  let rules: TableRules
  let bindings: ExpressionBindings

  /// What becomes of an item.
  ///
  /// - Throws: `Refusal` that names the item, for a plan that must not be sealed.
  func result(for item: Item) throws(Refusal) -> Result {
    var outcome = ItemOutcome()
    do throws(ItemProblem) {
      outcome.notes = try findings(item)
      guard try matches(item) else { return .unmatched(outcome) }
    } catch { return try failed(error, item, outcome) }
    do throws(ItemProblem) {
      let image = try image(of: item)
      let puts = try self.puts(of: item)
      try expect(item, image: image, puts)
      return try result(item, image, puts, outcome)
    } catch { return try failed(error, item, outcome) }
  }

  private func failed(
    _ problem: ItemProblem, _ item: Item, _ outcome: ItemOutcome
  ) throws(Refusal) -> Result {
    guard rules.definition.onFailure == .note, !problem.isFinal else {
      throw Refusal("\(name(of: item)) \(problem.sentence)")
    }
    var outcome = outcome
    outcome.notes.append(
      ItemOutcome.Note(
        category: .data, code: problem.code, message: "the item was left as it is: it \(problem.sentence)"))
    return .left(outcome)
  }

  /// `item id=7 of table 'users'`
  func name(of item: Item) -> String {
    "item \(rules.source.key.key(of: item).map { "\($0)" } ?? "without a key") of table '\(rules.source.name)'"
  }

  // MARK: Selection and findings

  private func matches(_ item: Item) throws(ItemProblem) -> Bool {
    guard let condition = rules.condition else { return true }
    return try holds(condition, item)
  }

  private func holds(_ condition: Condition, _ item: Item) throws(ItemProblem) -> Bool {
    do throws(EvaluationFailure) { return try condition.holds(for: item, bindings) } catch {
      throw ItemProblem(error)
    }
  }

  private func findings(_ item: Item) throws(ItemProblem) -> [ItemOutcome.Note] {
    var notes: [ItemOutcome.Note] = []
    for (number, finding) in rules.findings.enumerated() {
      guard try holds(finding.condition, item) else { continue }
      notes.append(ItemOutcome.Note(category: .warning, code: "note\(number + 1)", message: finding.text))
    }
    return notes
  }

  // MARK: Images

  /// The item afterwards; nil when it goes.
  private func image(of item: Item) throws(ItemProblem) -> Item? {
    if rules.definition.deletesItem { return nil }
    guard let update = rules.update else { return item }
    do throws(EvaluationFailure) { return try update.applied(to: item, bindings).image } catch {
      throw ItemProblem(error)
    }
  }

  private func puts(of item: Item) throws(ItemProblem) -> [Item] {
    guard let put = rules.put else { return [] }
    guard let each = rules.each else { return [try self.put(put, item, bindings)] }
    var puts: [Item] = []
    for (index, element) in try elements(each, item).enumerated() {
      var bound = bindings
      bound.names[Text(each.name)] = element
      bound.variables["index"] = .number(Int64(index))
      do throws(ItemProblem) { puts.append(try self.put(put, item, bound)) } catch {
        throw error.inElement(index)
      }
    }
    return puts
  }

  private func elements(_ each: EachExpression, _ item: Item) throws(ItemProblem) -> [AttributeValue] {
    do throws(EvaluationFailure) { return try each.elements(of: item, bindings) } catch {
      throw ItemProblem(error)
    }
  }

  private func put(
    _ put: TableRules.Put, _ item: Item, _ bindings: ExpressionBindings
  ) throws(ItemProblem) -> Item {
    let made: Item?
    do throws(EvaluationFailure) {
      if let expression = put.item {
        made = try expression.item(from: item, bindings)
      } else {
        made = try put.set?.applied(to: item, bindings).image ?? item
      }
    } catch { throw ItemProblem(error) }
    guard let result = made else { throw ItemProblem.notAMap }
    do throws(StoreError) { try Validation.check(result, in: put.into) } catch {
      throw ItemProblem(storing: error, into: put.into.name)
    }
    return result
  }

  // MARK: The post-condition

  private func expect(_ item: Item, image: Item?, _ puts: [Item]) throws(ItemProblem) {
    guard let expectation = rules.expectation else { return }
    let isChanged = rules.definition.hasClauses
    // What is put is meant where the item itself goes, or stays as it is.
    for after in isChanged || rules.put == nil ? [image].compactMap({ $0 }) : puts {
      let isMet: Bool
      do throws(EvaluationFailure) { isMet = try expectation.holds(for: after, bindings) } catch {
        throw ItemProblem(expecting: error)
      }
      if !isMet { throw ItemProblem.unexpected(expectation.source) }
    }
  }

  // MARK: The changes

  private func result(
    _ item: Item, _ image: Item?, _ puts: [Item], _ start: ItemOutcome
  ) throws(ItemProblem) -> Result {
    var outcome = start
    outcome.puts = puts
    guard let key = rules.source.key.key(of: item) else { throw ItemProblem.noKey }
    let table = rules.source.name
    if let image {
      let touched = (rules.update?.touched ?? []).filter { item[$0] != image[$0] }
      if !touched.isEmpty {
        let change = Change(
          table: table, key: key, before: item.filtered(to: touched), after: image.filtered(to: touched))
        do throws(StoreError) { try Validation.check(change, in: rules.source) } catch {
          throw ItemProblem(storing: error, into: table)
        }
        outcome.change = change
        outcome.clauses = rules.touched.filter { !$0.names.isDisjoint(with: touched) }.map(\.clause)
      }
    } else {
      outcome.change = Change(table: table, key: key, before: item, after: nil)
      outcome.clauses = ["deleteItem"]
    }
    return outcome.change == nil && outcome.puts.isEmpty ? .right(outcome) : .changed(outcome)
  }
}
