import DynamoJournalProgram
import DynamoJournalTables

/// A request for facts from outside.
public struct InputRequest: Sendable {
  /// The migration's name for the reply; each is captured once a run.
  public let name: String
  /// `GET` or `POST`.
  public let method: String
  /// The URL.
  public let url: String
  /// Headers; they may hold secrets and are never journaled.
  public let headers: [(name: String, value: String)]
  /// The body.
  public let body: [UInt8]
  /// The variable that says where the reply comes from, for messages; nil where there is none.
  public let addressVariable: String?
  /// The variable with the key that the server asks for, for messages; nil where it asks for none.
  public let keyVariable: String?
  /// The most bytes that the reply may have.
  public let maximumBytes: Int
  private let shownURL: String?

  /// What a reply may have where a migration does not say more.
  public static let usualMaximum = 256 << 20

  /// A request.
  ///
  /// - Parameters:
  ///   - shownURL: the URL with its path, for a migration that says that the path is no secret; else scheme, host and
  ///     port alone are shown, with a digest of the rest.
  ///   - maximumBytes: the most bytes of the reply.
  ///   - addressVariable: the variable to check when nothing is found there.
  ///   - keyVariable: the variable to check when the server lets nobody in.
  public init(
    name: String, method: String = "GET", url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = [], shownURL: String? = nil, maximumBytes: Int = InputRequest.usualMaximum,
    addressVariable: String? = nil, keyVariable: String? = nil
  ) {
    self.maximumBytes = maximumBytes
    self.name = name
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.shownURL = shownURL
    self.addressVariable = addressVariable
    self.keyVariable = keyVariable
  }

  /// Whether the path is no secret.
  public var isPathPublic: Bool { shownURL != nil }

  /// Where the reply comes from, fit for journal and messages.
  public var source: String {
    shownURL.map { WebAddress.shown($0, path: true) } ?? WebAddress.shown(url)
  }
}

/// Where inputs come from. The command line hands in HTTP; the runner knows no more than this.
package protocol InputSource: Sendable {
  /// Fetches a reply and hands its bytes on piece by piece.
  ///
  /// - Throws: `InputError` for anything but a success.
  func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws

  /// What stands between here and there and may answer in its place, for messages: `through the proxy 10.0.0.1:3128`; nil for
  /// nothing.
  func way(to request: InputRequest) -> String?

  /// The same, with as many attempts as it takes.
  ///
  /// - Parameter again: called before another attempt: what was handed on so far is void.
  func fetch(
    _ request: InputRequest, again: () async throws -> Void, piece: ([UInt8]) async throws -> Void
  ) async throws
}

extension InputSource {
  /// Nothing stands between.
  package func way(to request: InputRequest) -> String? { nil }

  /// One attempt.
  public func fetch(
    _ request: InputRequest, again: () async throws -> Void, piece: ([UInt8]) async throws -> Void
  ) async throws {
    try await fetch(request, piece: piece)
  }
}

/// A reply that could not be had, or that is not what it must be. The message names no query and no key.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where the reply came from.
  public let source: String
  /// What was wrong, as a clause.
  public let reason: String
  /// What to do, as a clause; nil where that is plain.
  public let remedy: String?

  /// An error.
  public init(source: String, reason: String, remedy: String? = nil) {
    self.source = source
    self.reason = reason
    self.remedy = remedy
  }

  /// One sentence.
  public var description: String { explanation.description }
}

extension InputError: ExplainedError {
  package var explanation: Explanation {
    Explanation("the reply of \(source) can't be used: \(reason)", remedy)
  }
  package var errorClass: ErrorClass { .api }
}
