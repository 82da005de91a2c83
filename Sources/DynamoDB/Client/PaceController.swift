/// How fast requests may be sent: a state machine without a clock of its own.
///
/// Each lane has a bucket of capacity units that fills at a rate. A throttle of the whole table takes 30 % off the rate
/// (at most once a second: one overload throttles many requests), and success adds to it at a fixed slope. A hot key
/// holds back what is sent to that key and nothing else. Times are seconds since any moment.
///
/// The rate stays above a floor: what a smaller table still refuses is spread out by the delays between attempts.
struct PaceController: Sendable {
  typealias Lane = Operation.Lane

  fileprivate static let decrease = 0.7
  fileprivate static let decreaseInterval = 1.0
  /// What the rate grows by in a second, as a part of what it was when it was cut; and at least, in units.
  fileprivate static let slope = 0.2
  fileprivate static let leastGrowth = 50.0
  /// What a throttle does not cut below, in units a second.
  fileprivate static let floor = 25.0
  private static let firstHold = 0.1
  private static let longestHold = 5.0

  fileprivate struct Bucket {
    /// Units a second; nil for no limit.
    var rate: Double?
    var ceiling: Double?
    var units = 0.0
    var filledAt = 0.0
    var growth = 0.0
    var grownAt = 0.0
    var cutAt = -Double.infinity
    var meter = Meter()

    init(ceiling: Double?) {
      self.ceiling = ceiling
      rate = ceiling
    }
  }

  /// Units used in a second, measured.
  fileprivate struct Meter {
    var begunAt = 0.0
    var used = 0.0
    var last: Double?

    mutating func add(_ units: Double, at now: Double) {
      if now - begunAt >= 1 {
        last = used / (now - begunAt)
        begunAt = now
        used = 0
      }
      used += units
    }

    /// The last whole second's, else what there is so far.
    func rate(at now: Double) -> Double { last ?? used / max(0.1, now - begunAt) }
  }

  private struct Hold {
    var until: Double
    var length: Double
  }

  private var buckets: [Lane: Bucket]
  private var holds: [PaceKey: Hold] = [:]

  /// A controller that keeps to these limits, in capacity units a second, whatever the table would take.
  init(maximumReadUnits: Double? = nil, maximumWriteUnits: Double? = nil) {
    buckets = [
      .read: Bucket(ceiling: maximumReadUnits.map { max(0.1, $0) }),
      .write: Bucket(ceiling: maximumWriteUnits.map { max(0.1, $0) }),
    ]
  }

  /// How long a request must wait before it is sent; a unit is set aside for it.
  mutating func admit(_ lane: Lane, keys: [PaceKey], at now: Double) -> Double {
    let held = keys.compactMap { holds[$0].map { $0.until - now } }.max() ?? 0
    let delay = buckets[lane]?.take(1, at: now) ?? 0
    return max(0, held, delay)
  }

  /// A request was answered and used so many units.
  mutating func succeeded(_ lane: Lane, units: Double, keys: [PaceKey], at now: Double) {
    buckets[lane]?.settle(units, at: now)
    for key in keys { holds[key] = nil }
  }

  /// A request was refused for want of capacity.
  ///
  /// - Parameter isHotKey: whether only its keys are throttled.
  mutating func throttled(_ lane: Lane, isHotKey: Bool, keys: [PaceKey], at now: Double) {
    buckets[lane]?.units += 1
    guard isHotKey, !keys.isEmpty else {
      buckets[lane]?.cut(at: now)
      return
    }
    if holds.count > 10_000 { holds = holds.filter { $0.value.until > now } }
    for key in keys {
      let length = min(Self.longestHold, holds[key].map { $0.length * 2 } ?? Self.firstHold)
      holds[key] = Hold(until: now + length, length: length)
    }
  }

  /// Keeps to another limit from now on, in capacity units a second; what was set aside on credit is forgotten.
  mutating func limit(_ lane: Lane, to units: Double?, at now: Double) {
    buckets[lane]?.limit(to: units.map { max(0.1, $0) }, at: now)
  }

  /// A request failed otherwise: what was set aside for it is given back.
  mutating func failed(_ lane: Lane) { buckets[lane]?.units += 1 }

  /// The rate of a lane in units a second, nil when there is no limit at present.
  func rate(_ lane: Lane) -> Double? { buckets[lane]?.rate }
}

extension PaceController.Bucket {
  private mutating func fill(at now: Double) {
    guard let rate else { return }
    // A quarter of a second's worth may be saved up, so that a rate below one a second works too.
    units = min(max(1, rate / 4), units + rate * max(0, now - filledAt))
    filledAt = now
  }

  /// A rate that a throttle has cut stays so, and grows up to the new limit.
  fileprivate mutating func limit(to units: Double?, at now: Double) {
    fill(at: now)
    ceiling = units
    rate = growth > 0 ? rate.map { min($0, units ?? .infinity) } : units
    self.units = min(max(0, self.units), max(1, (rate ?? 0) / 4))
    filledAt = now
    grownAt = now
  }

  /// Takes units, on credit where there are none; the time until they are there.
  fileprivate mutating func take(_ wanted: Double, at now: Double) -> Double {
    fill(at: now)
    guard let rate else { return 0 }
    units -= wanted
    return units < 0 ? -units / rate : 0
  }

  /// Takes what was used beyond the one unit set aside, and lets the rate grow.
  fileprivate mutating func settle(_ used: Double, at now: Double) {
    meter.add(used, at: now)
    guard let current = rate else { return }
    units -= used - 1
    defer { grownAt = now }
    // A rate that is not used up says nothing about what the table would take.
    guard growth > 0, current < 2 * max(1, meter.rate(at: now)) else { return }
    rate = min(ceiling ?? .infinity, current + growth * max(0, now - grownAt))
  }

  /// Cuts the rate, from what is really used when that is less.
  fileprivate mutating func cut(at now: Double) {
    guard now - cutAt >= PaceController.decreaseInterval else { return }
    fill(at: now)
    cutAt = now
    grownAt = now
    let measured = max(1, meter.rate(at: now))
    let current = min(rate ?? measured, measured)
    rate = min(ceiling ?? .infinity, max(PaceController.floor, current * PaceController.decrease))
    growth = max(PaceController.leastGrowth, current * PaceController.slope)
    units = min(units, 0)
    filledAt = now
  }
}
