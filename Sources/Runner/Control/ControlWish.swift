import DynamoJournalEvents
import DynamoJournalTables

/// What somebody asks of a run that is under way, from another terminal: the content of a file in the control folder.
package struct ControlWish: Codable, Hashable, Sendable {
  /// What is asked.
  package enum Verb: String, Codable, Sendable {
    /// Send nothing until somebody says `continue`.
    case pause
    /// Go on.
    case `continue`
    /// Keep to other limits.
    case pace
    /// Stop as after one Ctrl-C.
    case stop
  }

  /// A limit that is set or lifted; written as a number or as `none`.
  package enum Limit: Hashable, Sendable {
    case none
    case at(Double)
  }

  /// What is asked.
  package var verb: Verb
  /// The run that is meant.
  package var run: String
  /// Who asks, in the asker's words; the account is taken from the file's owner.
  package var by: OperatorAccount
  /// Why; nil where nothing was said.
  package var reason: String?
  /// With `pace`: the limit on write units; nil to leave it.
  package var maxWriteUnits: Limit?
  /// With `pace`: the limit on writes under way at once; nil to leave it.
  package var concurrency: Limit?

  /// A wish.
  package init(
    _ verb: Verb, run: String, by: OperatorAccount, reason: String? = nil, maxWriteUnits: Limit? = nil,
    concurrency: Limit? = nil
  ) {
    self.verb = verb
    self.run = run
    self.by = by
    self.reason = reason
    self.maxWriteUnits = maxWriteUnits
    self.concurrency = concurrency
  }

  /// The limits that hold once the wish is fulfilled.
  func pace(after pace: WorkControl.Pace) -> WorkControl.Pace {
    var pace = pace
    if let maxWriteUnits { pace.writeUnits = maxWriteUnits.number }
    if let concurrency { pace.concurrency = concurrency.number.map { Int($0) } }
    return pace
  }
}

extension ControlWish.Limit: Codable {
  /// The number; nil for no limit.
  package var number: Double? { if case .at(let number) = self { number } else { nil } }

  /// Reads `none` or a number above 0; nil for anything else.
  package init?(_ text: String) {
    if text == "none" {
      self = .none
    } else if let number = Double(text), number > 0, number <= 1e9 {
      self = .at(number)
    } else {
      return nil
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let limit = Self(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no limit")
    }
    self = limit
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number.map { String($0) } ?? "none")
  }
}

/// What became of a wish: the content of a file in the control folder that only its asker waits for.
package struct ControlAnswer: Codable, Hashable, Sendable {
  /// What became of it.
  package enum Outcome: String, Codable, Sendable {
    /// It is so now, and stands in the journal.
    case done
    /// It was so already: nothing was changed.
    case already
    /// It can't be: nothing was changed.
    case refused
  }

  /// What became of it.
  package var outcome: Outcome
  /// A sentence without an end.
  package var message: String
  /// What to type instead; nil where there is nothing.
  package var remedy: String?

  init(_ outcome: Outcome, _ message: String, remedy: String? = nil) {
    self.outcome = outcome
    self.message = message
    self.remedy = remedy
  }
}
