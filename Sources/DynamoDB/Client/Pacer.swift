import DynamoJournalTables

/// What a client has done so far.
package typealias ClientStatistics = StoreStatistics

/// Paces the requests of a client and counts them.
actor Pacer {
  private var controller: PaceController
  private let timing: Timing
  private var counts = ClientStatistics()
  private var heldNow = 0
  private var heldSince = Duration.zero

  init(_ controller: PaceController, timing: Timing) {
    self.controller = controller
    self.timing = timing
  }

  /// Waits until a call may be sent.
  ///
  /// - Throws: what sleep throws when the task is cancelled.
  func admit(_ call: Call) async throws {
    let now = timing.elapsed().inSeconds
    let delay = call.operation.lane.map { controller.admit($0, keys: call.keys, at: now) } ?? 0
    if delay > 0 { try await hold(.seconds(delay)) }
    counts.requests += 1
  }

  /// Takes in what came of a call.
  func record(_ call: Call, _ result: Result<ServiceReply, CallFailure>) {
    let now = timing.elapsed().inSeconds
    if case .failure(.service(let error)) = result, error.isThrottle {
      counts.throttles[error.throttleCode, default: 0] += 1
    }
    guard let lane = call.operation.lane else { return }
    switch result {
    case .success(let reply):
      controller.succeeded(lane, units: reply.units, keys: call.keys, at: now)
      if lane == .read { counts.readUnits += reply.units } else { counts.writeUnits += reply.units }
    case .failure(.service(let error)) where error.isThrottle:
      controller.throttled(lane, isHotKey: error.isHotKey, keys: call.keys, at: now)
    case .failure: controller.failed(lane)
    }
  }

  /// Takes in that a part of a batch was handed back unprocessed: the table is throttled, without a reply that says so.
  func recordUnprocessed(_ call: Call) {
    counts.throttles["Unprocessed", default: 0] += 1
    guard let lane = call.operation.lane else { return }
    controller.throttled(lane, isHotKey: false, keys: [], at: timing.elapsed().inSeconds)
  }

  /// Waits before another attempt; `isThrottled` adds to the time that was lost by throttles.
  func pause(_ delay: Duration, isThrottled: Bool) async throws {
    counts.retries += 1
    if isThrottled { try await hold(delay) } else { try await timing.sleep(delay) }
  }

  /// What was done so far.
  var statistics: ClientStatistics {
    var counts = counts
    if heldNow > 0 { counts.throttledTime += timing.elapsed() - heldSince }
    return counts
  }

  private func hold(_ delay: Duration) async throws {
    if heldNow == 0 { heldSince = timing.elapsed() }
    heldNow += 1
    defer {
      heldNow -= 1
      if heldNow == 0 { counts.throttledTime += timing.elapsed() - heldSince }
    }
    try await timing.sleep(delay)
  }
}

extension ServiceError {
  /// The code that a throttle is counted under: for a transaction, that of its reason.
  fileprivate var throttleCode: String {
    failedReasons.first { $0 == "ThrottlingError" || $0 == "ProvisionedThroughputExceeded" } ?? code
  }
}
