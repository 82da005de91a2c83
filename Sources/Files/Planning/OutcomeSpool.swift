import DynamoJournalRunner
import Foundation

/// Outcomes on their way from the order of a scan into the order of their keys: in memory up to a bound, and beyond it sorted piece
/// by piece into a file that is gone with the process.
final class OutcomeSpool {
  /// An outcome under the key of its item, by whose bytes outcomes are sorted.
  struct Row: Sendable {
    let place: [UInt8]
    let body: [UInt8]
  }

  /// What is held in memory before it is put into the file.
  private static let usualBound = 16 << 20
  /// What an array costs beside its bytes.
  private static let overhead = 96

  private let bound: Int
  private let folder: String
  private var held: [Row] = []
  private var heldBytes = 0
  private var file: SortedRuns?
  private var merged: MergedRows?
  private var last: [UInt8]?
  private(set) var count = 0

  /// - Parameters:
  ///   - folder: where the file is made, if one is needed.
  ///   - bound: bytes in memory.
  init(folder: String, bound: Int = OutcomeSpool.usualBound) {
    (self.folder, self.bound) = (folder, bound)
  }

  /// Adds an outcome.
  ///
  /// - Throws: `Refusal` when the file can't be made or the disk is full.
  func add(_ row: Row) throws {
    count += 1
    held.append(row)
    heldBytes += row.place.count + row.body.count + Self.overhead
    guard heldBytes > bound else { return }
    sort()
    let file = try self.file ?? SortedRuns(folder: folder)
    self.file = file
    try file.write(held)
    held.removeAll(keepingCapacity: true)
    heldBytes = 0
  }

  /// The next outcome in the order of the places; an item that a scan has met twice comes once, as it was met first.
  func next() throws -> Row? {
    let rows = try merged ?? merge()
    while let row = try rows.next() {
      if row.place == last { continue }
      last = row.place
      return row
    }
    return nil
  }

  private func merge() throws -> MergedRows {
    sort()
    var rest = held.makeIterator()
    held = []
    let readers = (file?.readers() ?? []) + [{ rest.next() }]
    let rows = try MergedRows(readers)
    merged = rows
    return rows
  }

  /// Swift's sort is stable, so that of two equal places the one that was met first comes first.
  private func sort() { held.sort { ByteOrder.isLess($0.place, $1.place) } }
}

/// The order of bytes.
enum ByteOrder {
  /// Whether one comes before the other.
  static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        guard let one = left.baseAddress, let other = right.baseAddress else {
          return left.count < right.count
        }
        let order = memcmp(one, other, min(left.count, right.count))
        return order == 0 ? left.count < right.count : order < 0
      }
    }
  }
}

/// Rows of several sorted sources as one: of equal places the one of the earlier source first.
final class MergedRows {
  private struct Source {
    let number: Int
    let next: () throws -> OutcomeSpool.Row?
    var row: OutcomeSpool.Row

    /// Whether its row comes before another's.
    func isBefore(_ other: Source) -> Bool {
      if ByteOrder.isLess(row.place, other.row.place) { return true }
      return number < other.number && !ByteOrder.isLess(other.row.place, row.place)
    }
  }

  /// The last one has the next row.
  private var sources: [Source] = []

  init(_ readers: [() throws -> OutcomeSpool.Row?]) throws {
    for (number, next) in readers.enumerated() {
      if let row = try next() { insert(Source(number: number, next: next, row: row)) }
    }
  }

  /// The next row; nil after the last.
  func next() throws -> OutcomeSpool.Row? {
    guard var source = sources.popLast() else { return nil }
    let row = source.row
    if let following = try source.next() {
      source.row = following
      insert(source)
    }
    return row
  }

  private func insert(_ source: Source) {
    var (low, high) = (0, sources.count)
    while low < high {
      let middle = (low + high) / 2
      if source.isBefore(sources[middle]) { low = middle + 1 } else { high = middle }
    }
    sources.insert(source, at: low)
  }
}
