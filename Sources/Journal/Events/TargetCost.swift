/// What a process had spent at the target when it journaled this, since it had journaled it last: the costs of a run's
/// events add up.
///
/// Of a process that was killed, what it spent after its last such event is not known.
package struct TargetCost: Codable, Hashable, Sendable {
  /// Requests sent, repeated ones included.
  package var requests = 0
  /// Requests that were sent again after a failure.
  package var retries = 0
  /// Refusals because of a lack of capacity, by AWS's code.
  package var throttles: [String: Int] = [:]
  /// Milliseconds in which at least one request was held back by a throttle or a limit.
  package var throttledMilliseconds = 0
  /// Read capacity units used, as the service counts them.
  package var readUnits = 0.0
  /// Write capacity units used, as the service counts them.
  package var writeUnits = 0.0

  /// Nothing spent.
  package init() {}

  /// Both together.
  package static func + (left: TargetCost, right: TargetCost) -> TargetCost {
    var sum = left
    sum.requests += right.requests
    sum.retries += right.retries
    sum.throttles.merge(right.throttles, uniquingKeysWith: +)
    sum.throttledMilliseconds += right.throttledMilliseconds
    sum.readUnits += right.readUnits
    sum.writeUnits += right.writeUnits
    return sum
  }
}
