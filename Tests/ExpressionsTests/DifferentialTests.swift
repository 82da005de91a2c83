import DynamoJournalExpressions
import DynamoJournalTables
import TestSupport
import Testing

/// Random items × random native expressions: what we make of them against what servers do with the same expressions.
///
/// `EXPRESSION_CASES` sets how many updates are made, and eight filters for every 25 of them; `EXPRESSION_SEED` others.
@Suite("Expressions do what DynamoDB-like servers do")
struct DifferentialTests {
  private static let itemsPerRound = 25
  private static let filtersPerRound = 8

  /// How the cases went.
  private struct Tally {
    var updates = 0
    var changed = 0
    var filtered = 0
    var matched = 0
    var explained: [String: Int] = [:]
    var differences: [String] = []

    mutating func note(_ kind: Emulator.Kind, _ difference: Difference) {
      if let known = KnownDifference.all.first(where: { $0.server == kind && $0.explains(difference) }) {
        explained[known.name, default: 0] += 1
      } else {
        differences.append(difference.description)
      }
    }
  }

  @Test("with Scan's filter and UpdateItem's result", arguments: Emulator.Kind.allCases)
  func same(_ kind: Emulator.Kind) async throws {
    let cases = setting("EXPRESSION_CASES", default: 2_000)
    var samples = Samples(seed: UInt64(setting("EXPRESSION_SEED", default: 1)))
    var tally = Tally()
    try await withServer(kind) { server in
      while tally.updates < cases && tally.differences.count < setting("EXPRESSION_DIFFERENCES", default: 20)
      {
        let items = (0..<Self.itemsPerRound).map { samples.item(id: "k\($0)") }
        try await server.put(items)
        for _ in 0..<Self.filtersPerRound {
          try await filter(items, samples.condition(for: items[0]), server, &tally)
        }
        for item in items { try await update(item, samples.update(for: item), server, &tally) }
      }
    }
    print(
      "\(kind): seed \(setting("EXPRESSION_SEED", default: 1)), \(tally.updates) updates, \(tally.filtered) items filtered, \(tally.explained.values.reduce(0, +)) known differences, \(tally.differences.count) others"
    )
    #expect(tally.differences.isEmpty, "\(tally.differences.joined(separator: "\n\n"))")
    // Both outcomes are common, else little was compared.
    #expect((tally.updates / 5...tally.updates * 4 / 5).contains(tally.changed), "\(tally)")
    #expect((tally.filtered / 5...tally.filtered * 4 / 5).contains(tally.matched), "\(tally)")
    // A difference that no longer shows in many cases has no place in the table.
    let stale = KnownDifference.all.filter { $0.server == kind && tally.explained[$0.name] == nil }
    #expect(stale.isEmpty || cases < 30_000, "\(stale.map(\.name))")
  }

  private func filter(_ items: [Item], _ condition: Condition, _ server: Server, _ tally: inout Tally)
    async throws
  {
    let form = try #require(condition.request())
    let ours = try Set(items.filter { try condition.holds(for: $0) }.compactMap { $0["id"]?.stringValue })
    tally.filtered += items.count
    tally.matched += ours.count
    do {
      let theirs = try await server.keys(matching: form)
      for item in items {
        guard let id = item["id"]?.stringValue, ours.contains(id) != theirs.contains(id) else { continue }
        let (mine, other) = ("\(ours.contains(id))", "\(theirs.contains(id))")
        tally.note(
          server.kind,
          Difference(text: condition.source.text, items: [item], ours: mine, theirs: other))
      }
    } catch let error as Server.Refusal {
      let mine = "\(ours.count) of \(items.count) match"
      tally.note(
        server.kind,
        Difference(text: condition.source.text, items: items, ours: mine, theirs: "\(error)"))
    }
  }

  private func update(
    _ item: Item, _ sample: (text: String, update: Update), _ server: Server, _ tally: inout Tally
  ) async throws {
    let form = try #require(sample.update.request())
    var ours: Item?
    var reason = ""
    do { ours = try sample.update.applied(to: item).image } catch { reason = "\(error.reason)" }
    var theirs: Item?
    var refusal = ""
    do { theirs = try await server.update(item["id"]?.stringValue ?? "", form) } catch let error
      as Server.Refusal
    {
      refusal = "\(error)"
    }
    tally.updates += 1
    if ours != nil { tally.changed += 1 }
    if ours == theirs { return }
    tally.note(
      server.kind,
      Difference(
        text: sample.text, items: [item], ours: ours.map { DynamoDBJSON.text($0) } ?? reason,
        theirs: theirs.map { DynamoDBJSON.text($0) } ?? refusal, update: sample.update, image: ours))
  }
}
