import DynamoJournalTables
import Testing

extension StoreSuite {
  static let concurrencyCases: [Case] = [
    Case("of 16 creates of one item exactly one wins") { try await $0.oneCreateWins() },
    Case("of 16 updates of one item exactly one wins, round after round") { try await $0.oneUpdateWins() },
    Case("calls from many tasks lose nothing") { try await $0.manyTasks() },
    Case("a scan sees every item that stays while others come and go") { try await $0.scansWhileWriting() },
  ]

  /// How many of 16 units, sent at once, were written; all others must have failed their condition.
  private func winners(_ unit: @escaping @Sendable (Int) -> [Change]) async throws -> [Int] {
    try await withThrowingTaskGroup(of: (Int, UnitReply.Outcome).self) { group in
      for number in 0..<16 {
        group.addTask { [store] in
          let replies = try await store.write([unit(number)])
          return (number, try #require(replies.first).outcome)
        }
      }
      var winners: [Int] = []
      for try await (number, outcome) in group {
        switch outcome {
        case .written: winners.append(number)
        case .conditionFailed: break
        case .refused(let error): Issue.record(error)
        }
      }
      return winners
    }
  }

  func oneCreateWins() async throws {
    let table = try await make("race")
    for round in 0..<8 {
      let winners = try await winners { number in
        let item = Self.item("r\(round)", ["by": .number(Int64(number))])
        return [Change(table: table, key: Self.key("r\(round)"), before: nil, after: item)]
      }
      #expect(winners.count == 1)
      let item = try await store.item(Self.key("r\(round)"), in: table)
      #expect(item?["by"] == winners.first.map { .number(Int64($0)) })
    }
  }

  func oneUpdateWins() async throws {
    let table = try await make("counter")
    try await store.put([Self.item("c", ["n": .number(0)])], into: table)
    for round in Int64(0)..<8 {
      let winners = try await winners { number in
        let before: Item = ["n": .number(round)]
        let after: Item = ["n": .number(round + 1), Text("task\(number)of\(round)"): .null]
        return [Change(table: table, key: Self.key("c"), before: before, after: after)]
      }
      #expect(winners.count == 1)
      #expect(try await store.item(Self.key("c"), in: table)?["n"] == .number(round + 1))
    }
  }

  func manyTasks() async throws {
    let table = try await make("tasks")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask { [store] in
          for number in 0..<10 {
            let id = "t\(task)-\(number)"
            let unit = [Change(table: table, key: Self.key(id), before: nil, after: Self.item(id))]
            let outcomes = try await store.write([unit]).map(\.outcome)
            #expect(outcomes == [.written])
            let item = try await store.item(Self.key(id), in: table)
            #expect(item == Self.item(id))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await scan(ScanRequest(table: table)).count == 80)
  }

  func scansWhileWriting() async throws {
    let table = try await make("busy")
    try await store.put(Self.numbered(0..<150), into: table)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<3 {
        group.addTask { [store] in
          for number in 0..<20 {
            let id = "w\(task)-\(number)"
            let change = Change(table: table, key: Self.key(id), before: nil, after: Self.item(id))
            let outcomes = try await store.write([[change]]) + store.write([[change.inverse]])
            #expect(outcomes.map(\.outcome) == [.written, .written])
          }
        }
      }
      group.addTask {
        for _ in 0..<3 {
          let ids = Self.ids(try await scan(ScanRequest(table: table, limit: 20)))
          #expect(Set(ids).count == ids.count)
          #expect(ids.filter { $0.hasPrefix("k") } == Self.ids(Self.numbered(0..<150)))
        }
      }
      try await group.waitForAll()
    }
    #expect(try await scan(ScanRequest(table: table)).count == 150)
  }
}
