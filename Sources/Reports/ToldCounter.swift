import DynamoJournalJSON
import DynamoJournalEvents

/// A counter as a report tells it: once changes were sent, by what became of them.
struct ToldCounter: Hashable, Sendable {
  /// What is counted, in words.
  let name: String
  /// How many: by the plan, or by what became of it.
  let value: Int
  /// How many by the plan, where that is another number.
  let planned: Int?

  /// The counters of a run; as the plan has them until its first change was sent.
  static func all(_ counters: [Counter], _ run: RunReport, _ journal: Journal) async throws -> [ToldCounter] {
    guard run.fold.appliedBy != nil, run.counts.applied - run.counts.compensated != run.counts.planned else {
      return counters.map { ToldCounter(name: $0.name, value: $0.value, planned: nil) }
    }
    let missing = try await journal.missingDeeds(of: run.fold.number)
    return counters.map { ToldCounter($0, missing, failed: run.counts.failed) }
  }

  private init(name: String, value: Int, planned: Int?) {
    self.name = name
    self.value = value
    self.planned = planned
  }

  init(_ counter: Counter, _ missing: MissingDeeds, failed: Int) {
    let value: Int
    switch counter.deed?.kind {
    case nil, .planned: value = counter.value
    case .failed: value = counter.value + failed
    case .created, .updated, .deleted, .tableChanged, .unit:
      value = max(0, counter.value - (counter.deed.map(missing.count) ?? 0))
    }
    self.init(
      name: counter.deed?.kind == .planned ? "\(counter.name) (planned)" : counter.name, value: value,
      planned: value == counter.value || counter.deed?.kind == .failed ? nil : counter.value)
  }

  /// `3`, or `3 of 6` where more were planned.
  var text: String { planned.map { "\(value) of \($0)" } ?? "\(value)" }

  /// `{"name": …, "value": …}`, and `planned` where that is another number.
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init(name: "name", value: .string(name)), .init(name: "value", value: .number(value)),
    ]
    if let planned { members.append(.init(name: "planned", value: .number(planned))) }
    return .object(members)
  }
}
