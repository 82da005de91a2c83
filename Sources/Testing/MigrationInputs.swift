import Foundation
import DynamoJournalRunner

/// Replies by the name of their input, handed on in pieces; no server is asked.
///
/// The lock guards both fields, hence the unchecked conformance.
public final class FileInputs: InputSource, @unchecked Sendable {
  private let lock = NSLock()
  private var replies: [String: [UInt8]]
  private var asked: [InputRequest] = []

  /// Replies by name.
  package init(_ replies: [String: [UInt8]] = [:]) { self.replies = replies }

  /// The requests so far.
  public var requests: [InputRequest] { lock.withLock { asked } }

  /// Sets the reply of a name; nil takes it away, and asking for it fails.
  public func set(_ name: String, _ text: String?) {
    lock.withLock { replies[name] = text.map { Array($0.utf8) } }
  }

  /// Hands on the reply of that name; else the file that a `file:` URL names.
  package func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws {
    let known = lock.withLock {
      asked.append(request)
      return replies[request.name]
    }
    guard let bytes = try known ?? file(request.url) else {
      throw InputError(source: request.source, reason: "nothing answers there")
    }
    for start in stride(from: 0, to: bytes.count, by: 1_000) {
      try await piece(Array(bytes[start..<min(start + 1_000, bytes.count)]))
    }
  }

  private func file(_ url: String) throws -> [UInt8]? {
    guard let url = URL(string: url), url.isFileURL else { return nil }
    return Array(try Data(contentsOf: url))
  }
}

/// Counts from any thread; the lock guards the only field, hence the unchecked conformance.
package final class Count: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0

  /// Nothing is counted.
  package init() {}

  /// Counts one more and says how many there are now.
  package func next() -> Int {
    lock.withLock {
      value += 1
      return value
    }
  }
}
