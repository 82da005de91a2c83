/// The pace of writes to a store that counts no capacity units: a change is one unit.
struct LoopPace {
  /// How long whoever has no room waits before another look.
  static let look = Duration.milliseconds(50)

  private let isUsed: Bool
  private var units = 0.0
  private var filledAt = ContinuousClock.now

  /// - Parameter isUsed: whether there is a pace to keep here.
  init(isUsed: Bool) { self.isUsed = isUsed }

  /// How many units may be sent now.
  ///
  /// - Parameter rate: units a second; nil for no limit.
  mutating func room(_ rate: Double?) -> Int { room(rate, at: .now) }

  mutating func room(_ rate: Double?, at now: ContinuousClock.Instant) -> Int {
    guard isUsed, let rate else { return .max }
    // A quarter of a second's worth may be saved up, so that a rate below one a second works, too.
    units = min(max(1, rate / 4), units + rate * (filledAt.duration(to: now) / .seconds(1)))
    filledAt = now
    return Int(units.rounded(.down))
  }

  /// Takes what is sent, on credit where a unit has more changes than there is room for.
  mutating func take(_ changes: Int) { units -= Double(changes) }
}
