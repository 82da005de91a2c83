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
  private let control: WorkControl?
  private var writeUnits: Double?
  private var waits: [Int: Task<Void, any Error>] = [:]
  private var cutShort: Set<Int> = []
  private var lastWait = 0

  /// Nothing may be sent now.
  struct Shut: Error {}

  /// - Parameters:
  ///   - control: what may be changed meanwhile.
  ///   - writeUnits: the limit on write units that the controller has.
  init(
    _ controller: PaceController, timing: Timing, control: WorkControl? = nil, writeUnits: Double? = nil
  ) {
    self.controller = controller
    self.timing = timing
    self.control = control
    self.writeUnits = writeUnits
  }

  /// Looks again at what may have changed: every wait begins anew.
  func lookAgain() {
    if let control, control.pace.writeUnits != writeUnits {
      writeUnits = control.pace.writeUnits
      controller.limit(.write, to: writeUnits, at: timing.elapsed().inSeconds)
    }
    for (number, wait) in waits {
      cutShort.insert(number)
      wait.cancel()
    }
  }

  /// Waits until a call may be sent.
  ///
  /// - Throws: `Shut` when nothing may be sent, or what sleep throws when the task is cancelled.
  func admit(_ call: Call) async throws {
    while true {
      let delay =
        call.operation.lane.map { controller.admit($0, keys: call.keys, at: timing.elapsed().inSeconds) } ?? 0
      let isOver = delay > 0 ? try await hold(.seconds(delay)) : true
      let isShut = control?.isShut ?? false
      if isOver && !isShut { break }
      if let lane = call.operation.lane { controller.failed(lane) }
      if isShut { throw Shut() }
    }
    counts.requests += 1
  }

  /// Takes in what came of a call.
  func record(_ call: Call, _ result: Result<ServiceReply, CallFailure>) {
    let now = timing.elapsed().inSeconds
    if case .failure(.service(let error)) = result, error.isThrottle {
      counts.throttles[error.throttleCode, default: 0] += 1
    } else if result.isFault {
      counts.faults += 1
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
    let end = timing.elapsed() + delay
    var rest = delay
    while true {
      let isOver = isThrottled ? try await hold(rest) : try await sleep(rest)
      rest = end - timing.elapsed()
      // A wait that was cut short since nothing may be sent is over: whoever called waits for that.
      if isOver || rest <= .zero || control?.isShut ?? false { return }
    }
  }

  /// What was done so far.
  var statistics: ClientStatistics {
    var counts = counts
    if heldNow > 0 { counts.throttledTime += timing.elapsed() - heldSince }
    return counts
  }

  /// - Returns: whether it was waited to the end.
  private func hold(_ delay: Duration) async throws -> Bool {
    if heldNow == 0 { heldSince = timing.elapsed() }
    heldNow += 1
    defer {
      heldNow -= 1
      if heldNow == 0 { counts.throttledTime += timing.elapsed() - heldSince }
    }
    return try await sleep(delay)
  }

  /// - Returns: whether it was waited to the end.
  private func sleep(_ delay: Duration) async throws -> Bool {
    guard control != nil else {
      try await timing.sleep(delay)
      return true
    }
    lastWait += 1
    let number = lastWait
    let wait = Task { [timing] in try await timing.sleep(delay) }
    waits[number] = wait
    defer {
      waits[number] = nil
      cutShort.remove(number)
    }
    do {
      try await withTaskCancellationHandler {
        try await wait.value
      } onCancel: {
        wait.cancel()
      }
      return true
    } catch  where cutShort.contains(number) && !Task.isCancelled { return false }
  }
}

extension Result<ServiceReply, CallFailure> {
  /// Whether the service itself failed: nobody was throttled, and somebody answered.
  fileprivate var isFault: Bool {
    switch self {
    case .failure(.service(let error)): error.remedy == .wait(.fault)
    case .failure(.unreadable(let reply)): CallFailure.unreadable(reply).remedy == .wait(.fault)
    default: false
    }
  }
}

extension ServiceError {
  /// The code that a throttle is counted under: for a transaction, that of its reason.
  fileprivate var throttleCode: String {
    failedReasons.first { $0 == "ThrottlingError" || $0 == "ProvisionedThroughputExceeded" } ?? code
  }
}
