/// What a store has done over the wire so far.
package struct StoreStatistics: Hashable, Sendable {
  /// Requests sent, repeated ones included.
  package var requests = 0
  /// Requests that were sent again after a failure.
  package var retries = 0
  /// Refusals because of a lack of capacity, by AWS's code.
  package var throttles: [String: Int] = [:]
  /// Requests that the service failed: an error of its own, or a reply that can't be read.
  package var faults = 0
  /// Time in which at least one request was held back by a throttle or a limit.
  package var throttledTime = Duration.zero
  /// Read capacity units used, as the service counts them.
  package var readUnits = 0.0
  /// Write capacity units used, as the service counts them.
  package var writeUnits = 0.0

  /// Nothing done.
  package init() {}

  /// What was done since `earlier`.
  package func since(_ earlier: StoreStatistics) -> StoreStatistics {
    var difference = self
    difference.requests -= earlier.requests
    difference.retries -= earlier.retries
    difference.faults -= earlier.faults
    difference.throttles.merge(earlier.throttles, uniquingKeysWith: -)
    difference.throttles = difference.throttles.filter { $0.value != 0 }
    difference.throttledTime -= earlier.throttledTime
    difference.readUnits -= earlier.readUnits
    difference.writeUnits -= earlier.writeUnits
    return difference
  }
}
