import DynamoJournalEvents
import DynamoJournalJSON
import DynamoJournalReports
import DynamoJournalRunner

/// What a hook is told: docs/operating.md, "Hooks". The members are a contract; more may come.
struct HookEvent: Sendable {
  /// The version of the object.
  static let version = 1

  let news: RunNews
  let migration: String?
  let target: String
  /// How the run ended; nil for one that has not.
  let state: RunState?

  /// The object, a line.
  var json: JSONValue {
    let status = news.status
    return [
      "version": .number(Self.version), "event": .string(news.event.rawValue),
      "at": .string(Timestamp.text(news.at)),
      "run": .text(status.run), "migration": .text(migration), "target": .string(SafeURL.text(target)),
      "message": .string(Printable.text(news.message)), "phase": .string(status.phase.rawValue),
      "state": .text(state?.rawValue), "counts": status.counts.json, "by": status.by.json,
      "process": .number(Int(status.process)),
    ]
  }

  /// The sentence as Slack takes it: three characters are marks there, with which a name could call a whole channel.
  ///
  /// Source: https://docs.slack.dev/messaging/formatting-message-text/#escaping
  var slackText: String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  /// A sentence for people who see nothing else: `06_add_wallet (06-2026…) on aws:… held: …`.
  var text: String {
    let name = [migration, news.status.run.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
    let counts = news.status.counts
    let figures =
      counts.planned > 0 ? " [\(counts.applied) of \(counts.planned) applied, \(counts.failed) failed]" : ""
    return Printable.text(
      "\(name.isEmpty ? "a run" : name) on \(SafeURL.text(target)): \(news.event.rawValue): \(news.message)\(figures)"
    )
  }
}
