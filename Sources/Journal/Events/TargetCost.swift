/// What a process had spent at the target when it journaled this, since it had journaled it last: the costs of a run's
/// events add up.
///
/// Of a process that was killed, what it spent after its last such event is not known.
public struct TargetCost: Codable, Hashable, Sendable {
  /// Requests sent, repeated ones included.
  public var requests = 0
  /// Requests that were sent again after a failure.
  public var retries = 0
  /// Refusals for want of capacity, by AWS's code.
  public var throttles: [String: Int] = [:]
  /// Milliseconds in which at least one request was held back by a throttle or a limit.
  public var throttledMilliseconds = 0
  /// Read capacity units used, as the service counts them.
  public var readUnits = 0.0
  /// Write capacity units used, as the service counts them.
  public var writeUnits = 0.0

  /// Nothing spent.
  public init() {}

  /// Both together.
  public static func + (left: TargetCost, right: TargetCost) -> TargetCost {
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
