import DynamoJournalRunner
import Foundation

/// Sorted runs of rows in a file of mode 0600 without a name, which is gone with the process, however that ends.
final class SortedRuns {
  /// Bytes that are read of a run, or written, at once.
  private static let bufferSize = 256 << 10

  private let folder: String
  private let descriptor: Int32
  private var ends: [Int64] = []
  private var end: Int64 = 0

  init(folder: String) throws {
    self.folder = folder
    var path = Array((folder + "/.outcomes-XXXXXX").utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw Self.refusal(folder) }
    unlink(path)
  }

  deinit { close(descriptor) }

  private static func refusal(_ folder: String) -> Refusal {
    Refusal(
      "a plan that is larger than memory takes room in '\(folder)', and that can't be written (\(String(cString: strerror(errno))))",
      remedy: "free some space there, or make the folder writable, and try again")
  }

  /// Adds a run: rows that are sorted.
  func write(_ rows: [OutcomeSpool.Row]) throws {
    var buffer: [UInt8] = []
    buffer.reserveCapacity(Self.bufferSize * 2)
    for row in rows {
      for bytes in [row.place, row.body] {
        withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { buffer += $0 }
        buffer += bytes
      }
      if buffer.count >= Self.bufferSize { try flush(&buffer) }
    }
    try flush(&buffer)
    ends.append(end)
  }

  private func flush(_ buffer: inout [UInt8]) throws {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        return pwrite(descriptor, rest.baseAddress, rest.count, off_t(end))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Self.refusal(folder) }
      written += count
      end += Int64(count)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// What reads each run, from its beginning, row by row.
  func readers() -> [() throws -> OutcomeSpool.Row?] {
    zip([0] + ends, ends).map { start, end in
      let reader = Reader(file: self, position: start, end: end)
      return { try reader.next() }
    }
  }

  private final class Reader {
    private let file: SortedRuns
    private var position: Int64
    private let end: Int64
    private var buffer: [UInt8] = []
    private var index = 0

    init(file: SortedRuns, position: Int64, end: Int64) {
      (self.file, self.position, self.end) = (file, position, end)
    }

    func next() throws -> OutcomeSpool.Row? {
      if index == buffer.count && position == end { return nil }
      let place = try piece()
      return OutcomeSpool.Row(place: place, body: try piece())
    }

    private func piece() throws -> [UInt8] {
      try fill(4)
      let count = (0..<4).reduce(0) { $0 | Int(buffer[index + $1]) << (8 * $1) }
      index += 4
      try fill(count)
      defer { index += count }
      return Array(buffer[index..<(index + count)])
    }

    /// Reads on until so many bytes are at hand.
    private func fill(_ wanted: Int) throws {
      guard buffer.count - index < wanted else { return }
      buffer.removeFirst(index)
      index = 0
      while buffer.count < wanted {
        let size = min(Int(end - position), max(SortedRuns.bufferSize, wanted))
        var piece = [UInt8](repeating: 0, count: size)
        let count = piece.withUnsafeMutableBytes {
          pread(file.descriptor, $0.baseAddress, size, off_t(position))
        }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
          throw Refusal("what was put aside in '\(file.folder)' can't be read back", remedy: "try again")
        }
        buffer += piece.prefix(count)
        position += Int64(count)
      }
    }
  }
}
