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
  private let shownURL: String?

  /// A request.
  ///
  /// - Parameters:
  ///   - shownURL: what to show instead of a URL that holds more than may be shown outside its query.
  ///   - addressVariable: the variable to check when nothing is found there.
  ///   - keyVariable: the variable to check when the server lets nobody in.
  public init(
    name: String, method: String = "GET", url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = [], shownURL: String? = nil, addressVariable: String? = nil, keyVariable: String? = nil
  ) {
    self.name = name
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.shownURL = shownURL
    self.addressVariable = addressVariable
    self.keyVariable = keyVariable
  }

  /// The URL without query, fragment and password: fit for journal and messages.
  public var source: String { SafeURL.text(shownURL ?? url) }
}

/// Where inputs come from. The command line hands in HTTP; the runner knows no more than this.
package protocol InputSource: Sendable {
  /// Fetches a reply and hands its bytes on piece by piece.
  ///
  /// - Throws: `InputError` for anything but a success.
  func fetch(_ request: InputRequest, piece: ([UInt8]) async throws -> Void) async throws
}

/// A reply that could not be had, or that is not what it must be. The message names no query and no key.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where the reply came from.
  public let source: String
  /// What was wrong, and what to do.
  public let reason: String

  /// An error.
  public init(source: String, reason: String) {
    self.source = source
    self.reason = reason
  }

  /// One sentence.
  public var description: String { "the reply of \(source) can't be used: \(reason)" }
}
