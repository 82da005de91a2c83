import DynamoJournalEvents

/// The changes of a plan that a filter lets through, read block by block and held to what was sealed.
package struct ChosenChanges: Sendable {
  private let plan: PlanReader
  private let filter: ChangeFilter

  /// The changes of a plan.
  package init(_ plan: PlanReader, _ filter: ChangeFilter) {
    self.plan = plan
    self.filter = filter
  }

  /// How many changes the plan has, whatever the filter.
  package var planned: Int { plan.blocks.last.map { $0.upperBound - 1 } ?? 0 }

  /// How many the filter lets through.
  ///
  /// - Throws: `JournalError.planAltered`, `JournalError.damaged`.
  package func count() async throws -> Int {
    var count = 0
    for block in plan.blocks.indices {
      for row in try await plan.rows(of: block) where try filter.matches(row) { count += 1 }
    }
    return count
  }

  /// Hands out those that the filter lets through and the spread takes, in the order of the plan.
  ///
  /// - Throws: `JournalError.planAltered`, `JournalError.damaged`, and what `body` throws.
  package func forEach(_ spread: EvenSpread, _ body: (PlannedRow) throws -> Void) async throws {
    var index = 0
    for block in plan.blocks.indices {
      for row in try await plan.rows(of: block) where try filter.matches(row) {
        if spread.takes(index) { try body(row) }
        index += 1
      }
    }
  }
}

/// So many of a number of things, evenly spread over them; the same each time.
package struct EvenSpread: Hashable, Sendable {
  /// How many are taken.
  package let taken: Int
  private let all: Int

  /// Takes `wanted` of `all`, or all where there are not so many.
  package init(of wanted: Int, among all: Int) {
    self.all = all
    taken = min(wanted, all)
  }

  /// Whether the thing at an index, from 0, is taken.
  package func takes(_ index: Int) -> Bool {
    guard taken < all else { return true }
    // So many are taken of each stretch as its share of the whole is, rounded down.
    return (index + 1) * taken / all > index * taken / all
  }
}
