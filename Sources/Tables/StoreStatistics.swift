/// What a store has done over the wire so far.
public struct StoreStatistics: Hashable, Sendable {
  /// Requests sent, repeated ones included.
  public var requests = 0
  /// Requests that were sent again after a failure.
  public var retries = 0
  /// Refusals for want of capacity, by AWS's code.
  public var throttles: [String: Int] = [:]
  /// Time in which at least one request was held back by a throttle or a limit.
  public var throttledTime = Duration.zero
  /// Read capacity units used, as the service counts them.
  public var readUnits = 0.0
  /// Write capacity units used, as the service counts them.
  public var writeUnits = 0.0

  /// Nothing done.
  public init() {}

  /// What was done since `earlier`.
  public func since(_ earlier: StoreStatistics) -> StoreStatistics {
    var difference = self
    difference.requests -= earlier.requests
    difference.retries -= earlier.retries
    difference.throttles.merge(earlier.throttles, uniquingKeysWith: -)
    difference.throttles = difference.throttles.filter { $0.value != 0 }
    difference.throttledTime -= earlier.throttledTime
    difference.readUnits -= earlier.readUnits
    difference.writeUnits -= earlier.writeUnits
    return difference
  }
}
