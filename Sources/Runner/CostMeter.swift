import DynamoJournalEvents
import DynamoJournalTables

/// Reads what the target has cost since it was read last, so that the costs that a run journals add up.
actor CostMeter {
  private let store: any TableStore
  private var last = StoreStatistics()
  private var isStarted = false

  init(_ store: any TableStore) { self.store = store }

  /// Leaves out what the store has done before; the first call alone counts.
  func start() async {
    guard !isStarted else { return }
    isStarted = true
    last = await store.statistics ?? last
  }

  /// The cost since the last call; nil for a store that has none.
  func take() async -> TargetCost? {
    guard let now = await store.statistics else { return nil }
    let spent = now.since(last)
    last = now
    return TargetCost(spent)
  }
}
