import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalRunner

/// Whether what is shown was verified, and if not, a line that says so.
struct ChainTrust {
  /// Up to so many events are verified by the way, in a part of a second.
  private static let fewEvents: Int64 = 50_000

  /// Whether the chain verifies; nil where nobody looked, since it is long.
  let verified: Bool?
  private let flaw: JournalError?
  private let events: Int64

  /// Looks at the chain, where that takes no time.
  static func look(_ journal: Journal) async throws -> ChainTrust {
    let events = await journal.head.seq
    guard events <= fewEvents else { return ChainTrust(verified: nil, flaw: nil, events: events) }
    do {
      _ = try await journal.verify()
      return ChainTrust(verified: true, flaw: nil, events: events)
    } catch let error as JournalError where error.isFlaw {
      return ChainTrust(verified: false, flaw: error, events: events)
    }
  }

  /// Says what is to be said once the answer is out, and ends with 4 where the journal is not what was written or where a newer
  /// program wrote to it.
  func end(_ journal: Journal, passedOver: [PassedOverEvent] = [], quiet: Bool) async throws {
    for event in passedOver where !quiet {
      Console.say(
        "warning: event \(event.seq) ('\(event.kind.rawValue)') can't follow in the state '\(event.state.rawValue)' and was passed over"
      )
    }
    if verified == nil && !quiet {
      Console.say(
        "note: the chain of the journal's \(Plural.count(Int(events), "event")) was not verified: '\(Program.command("audit verify"))' does that"
      )
    }
    if let flaw {
      Console.error("what is shown does not verify: \(flaw)")
      try ExitStatus.journal.end()
    }
    if let unknown = await journal.unknown {
      Console.error("\(unknown)")
      try ExitStatus.journal.end()
    }
  }
}
