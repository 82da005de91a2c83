// What is journaled when somebody, or the program itself, has a hand on a run that is under way.

/// `paused` and `continued`: who asked from another terminal, and why.
package struct AskedDetail: Codable, Hashable, Sendable {
  /// Who asked: the account is the one that owns the file of the wish.
  package var by: OperatorAccount
  /// Why, in the asker's words; nil where none were given.
  package var reason: String?

  /// The detail of a `paused` or a `continued` event.
  package init(by: OperatorAccount, reason: String? = nil) {
    self.by = by
    self.reason = reason
  }
}

/// `paced`: the limits that hold from here on.
package struct PacedDetail: Codable, Hashable, Sendable {
  /// Who asked.
  package var by: OperatorAccount
  /// Why, in the asker's words; nil where none were given.
  package var reason: String?
  /// At most so many write capacity units a second; nil for no limit.
  package var maxWriteUnits: Double?
  /// At most so many writes under way at once; nil for no limit beyond the program's own.
  package var concurrency: Int?

  /// The detail of a `paced` event.
  package init(by: OperatorAccount, reason: String? = nil, maxWriteUnits: Double?, concurrency: Int?) {
    self.by = by
    self.reason = reason
    self.maxWriteUnits = maxWriteUnits
    self.concurrency = concurrency
  }
}

/// `held` and `released`: what the program holds for by itself, or held for.
package struct HeldDetail: Codable, Hashable, Sendable {
  /// What makes a run hold.
  package enum Cause: String, Codable, Sendable {
    /// The command of `--hold-if` says so.
    case command
    /// The target refuses a large share of the requests for want of capacity.
    case throttles
    /// The target fails a large share of the requests.
    case errors
  }

  /// What made it hold.
  package var cause: Cause
  /// One sentence.
  package var message: String

  /// The detail of a `held` or a `released` event.
  package init(cause: Cause, message: String) {
    self.cause = cause
    self.message = message
  }
}

extension OperatorAccount {
  /// `alice@build-7`
  package var name: String { "\(user)@\(host)" }
}
