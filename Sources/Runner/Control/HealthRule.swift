import DynamoJournalEvents
import DynamoJournalTables

/// Whether a run holds because the share of its requests that the target refuses or fails has risen to a bound. Pure.
///
/// It holds when, over a window of seconds, at least 20 requests were sent and the share that was refused for want of capacity or
/// failed has reached the bound. What is under way is tried again meanwhile, and
/// tells whether the target has recovered: the run goes on once, over half a window, the share is at most two fifths of that
/// bound, or nothing was left to be answered. So it takes more to hold than to stay held, and no run goes on and off with
/// each request.
package struct HealthRule: Sendable {
  /// The bounds.
  package struct Terms: Hashable, Sendable {
    /// The share from which a run holds, above 0 and at most 1.
    package var share: Double
    /// The window, in seconds.
    package var window: Double

    /// Half of the requests, over ten seconds.
    package init(share: Double = 0.5, window: Double = 10) {
      self.share = share
      self.window = window
    }

    /// The share at which a held run goes on.
    var release: Double { share * 0.4 }
  }

  /// What to do.
  package enum Decision: Hashable, Sendable {
    /// As it is.
    case stay
    /// Hold.
    case hold(HeldDetail)
    /// Go on.
    case release(HeldDetail.Cause, String)
  }

  /// Fewer answers say nothing.
  private static let fewestAnswers = 20

  /// What a process had done over the wire at a time in seconds.
  private struct Sample {
    let at: Double
    let requests: Int
    let throttles: Int
    let faults: Int
  }

  private let terms: Terms
  private var samples: [Sample] = []
  private var held: (cause: HeldDetail.Cause, since: Double)?

  /// A rule.
  package init(_ terms: Terms = Terms()) { self.terms = terms }

  /// Takes in what was done so far, and decides.
  package mutating func decide(_ statistics: StoreStatistics, at now: Double) -> Decision {
    samples.append(
      Sample(
        at: now, requests: statistics.requests, throttles: statistics.throttles.values.reduce(0, +),
        faults: statistics.faults))
    // One that is older than the window stays, to begin it.
    while samples.count > 2, samples[1].at <= now - terms.window { samples.removeFirst() }
    return held == nil ? toHold(now) : toRelease(now)
  }

  private mutating func toHold(_ now: Double) -> Decision {
    guard let recent = span(now - terms.window, now), recent.answers >= Self.fewestAnswers,
      recent.share >= terms.share
    else { return .stay }
    let cause: HeldDetail.Cause = recent.throttles >= recent.faults ? .throttles : .errors
    held = (cause, now)
    let percent = Int((recent.share * 100).rounded())
    let deed = cause == .throttles ? "refused for want of capacity" : "failed"
    return .hold(
      HeldDetail(
        cause: cause,
        message:
          "\(percent) % of \(recent.answers) requests in \(Int(terms.window.rounded(.up))) s were \(deed)"))
  }

  private mutating func toRelease(_ now: Double) -> Decision {
    guard let held, now - held.since >= terms.window / 2 else { return .stay }
    let recent = span(now - terms.window / 2, now) ?? Span(answers: 0, throttles: 0, faults: 0)
    guard recent.answers == 0 || recent.share <= terms.release else { return .stay }
    self.held = nil
    // What was refused before is not held against it once more.
    samples = Array(samples.suffix(1))
    let message =
      recent.answers == 0
      ? "nothing is under way any more, so it is tried again"
      : "\(Int((recent.share * 100).rounded())) % of \(recent.answers) requests are refused or fail now"
    return .release(held.cause, message)
  }

  private struct Span {
    let answers: Int
    let throttles: Int
    let faults: Int
    var share: Double { answers == 0 ? 0 : min(1, Double(throttles + faults) / Double(answers)) }
  }

  /// What was done between two times; nil where nobody looked early enough.
  private func span(_ from: Double, _ to: Double) -> Span? {
    guard let first = samples.last(where: { $0.at <= from }), let last = samples.last(where: { $0.at <= to })
    else { return nil }
    return Span(
      answers: last.requests - first.requests, throttles: last.throttles - first.throttles,
      faults: last.faults - first.faults)
  }
}
