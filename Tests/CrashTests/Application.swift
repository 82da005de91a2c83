import Foundation
import DynamoJournalTables
import TestSupport

/// An application that writes to the same items all the while: each write is unique, on the condition of what it read, and
/// remembered.
actor Application {
  /// A write that was made: what it found and what it left.
  struct Write: Hashable {
    let item: Int
    let old: String?
    let new: String
  }

  private let store: EmbeddedStore
  private let table: String
  private let items: Int
  private var generator: SeededGenerator
  private var count = 0
  private(set) var writes: [Write] = []

  init(_ path: String, table: String, items: Int, seed: UInt64) throws {
    store = try EmbeddedStore(path: path)
    self.table = table
    self.items = items
    generator = SeededGenerator(seed: seed)
  }

  /// Writes until the task is cancelled.
  func work() async throws {
    while !Task.isCancelled {
      try await write()
      try? await Task.sleep(for: .milliseconds(4))
    }
  }

  private func write() async throws {
    let number = Int.random(in: 0..<items, using: &generator)
    let key = Key(["discordId": .string(TortureData.id(number))])
    guard let item = try await store.item(key, in: table) else { return }
    count += 1
    let new = "w\(count)."
    let old = item["discordUsername"]
    let change = Change(
      table: table, key: key, before: old.map { ["discordUsername": $0] } ?? [:],
      after: ["discordUsername": .string(Text(new))])
    guard try await store.write([[change]])[0].outcome == .written else { return }
    var before: String?
    if case .string(let text)? = old { before = text.string }
    writes.append(Write(item: number, old: before, new: new))
  }

  /// The values that no later write of the application has replaced knowingly: each must be in the table or in the journal.
  var standing: [Write] {
    let replaced = Set(writes.compactMap { write in write.old.map { "\(write.item) \($0)" } })
    return writes.filter { !replaced.contains("\($0.item) \($0.new)") }
  }
}

/// The items that are tortured.
enum TortureData {
  static let table = "operators"

  static func id(_ number: Int) -> String { String(100_000 + number) }

  /// Writes the items, each with the attribute that the migration removes; the last one is nobody's but the erasure's.
  static func write(_ count: Int, to path: String) throws {
    let lines = (0...count).map { number in
      #"{"discordId":{"S":"\#(id(number))"},"discordUsername":{"S":"u\#(number)"},"rank":{"N":"\#(number)"}}"#
    }
    try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }
}
