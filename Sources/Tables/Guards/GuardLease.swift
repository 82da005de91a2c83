/// The guards of a run's tables, taken together, renewed while the run works, and given back.
///
/// The deadline is counted from before a renewal is sent, by a clock that nobody sets and that goes on while the machine
/// sleeps: it passes before anybody else may take the claims.
package actor GuardLease {
  /// What a lease goes by; tests bring their own.
  package struct Clock: Sendable {
    /// Microseconds since 1970, UTC.
    package let now: @Sendable () -> Int64
    /// Time that only goes forward, since any moment.
    package let elapsed: @Sendable () -> Duration
    /// Waits; throws when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    /// A clock.
    package init(
      now: @escaping @Sendable () -> Int64, elapsed: @escaping @Sendable () -> Duration,
      sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
      self.now = now
      self.elapsed = elapsed
      self.sleep = sleep
    }

    /// The machine's.
    package static let system: Clock = {
      let start = ContinuousClock.now
      return Clock(
        now: { EmbeddedFile.now() }, elapsed: { start.duration(to: .now) },
        sleep: { try await Task.sleep(for: $0) })
    }()
  }

  /// A guard that was taken.
  package struct Taken: Hashable, Sendable {
    /// Ours.
    package let claim: GuardClaim
    /// The claim before it.
    package let previous: GuardClaim?
  }

  /// How long a claim lasts without being renewed.
  package static let defaultLength = Duration.seconds(60)

  private struct Standing {
    var deadline: Duration?
    var lost: GuardLost?
    var lastFailure: String?
  }

  private let keeper: any GuardKeeping
  private let tables: [String]
  private let holder: GuardHolder
  private let length: Duration
  private let clock: Clock
  private let standing = Locked(Standing())
  private var claims: [String: GuardClaim] = [:]
  /// The time when the claims were taken, by both clocks.
  private var origin: (now: Int64, elapsed: Duration)?

  /// A lease that is still to be taken.
  package init(
    _ keeper: any GuardKeeping, on tables: some Sequence<String>, for holder: GuardHolder,
    length: Duration = GuardLease.defaultLength, clock: Clock = .system
  ) {
    self.keeper = keeper
    // In one order everywhere, so that two runs don't each get half.
    self.tables = Set(tables).sorted { Text($0) < Text($1) }
    self.holder = holder
    self.length = length
    self.clock = clock
  }

  /// Takes the guards of all tables, or none.
  ///
  /// The marks are still those of before: `record` replaces them, once the journal was compared with them.
  ///
  /// - Throws: `GuardHeld`, `StoreError`.
  package func take() async throws -> [Taken] {
    let start = clock.elapsed()
    origin = (clock.now(), start)
    var taken: [Taken] = []
    do {
      for table in tables { taken.append(try await take(table)) }
    } catch {
      // What can't be given back now runs out; the reason why nothing was taken matters more.
      for one in taken { _ = try? await keeper.release(one.claim) }
      throw error
    }
    for one in taken { claims[one.claim.table] = one.claim }
    await keeper.hold(taken.map(\.claim))
    standing.withLock { $0 = Standing(deadline: start + length) }
    return taken
  }

  /// The time of day. Where the machine's was set back since the claims were taken, the time that has passed since counts:
  /// a claim must not expire for others while it lasts for us.
  private var now: Int64 {
    let now = clock.now()
    guard let origin else { return now }
    return max(now, origin.now + (clock.elapsed() - origin.elapsed).microseconds)
  }

  private func take(_ table: String) async throws -> Taken {
    let now = now
    switch try await keeper.take(table, by: holder, lease: length, now: now) {
    case .taken(let claim, let previous): return Taken(claim: claim, previous: previous)
    case .held(let claim): throw GuardHeld(claim: claim, now: now)
    }
  }

  /// Whether the run may still write: cheap, to be called before each write.
  ///
  /// - Throws: `GuardLost` when a claim was lost, or was not renewed in time.
  package nonisolated func check() throws(GuardLost) {
    let standing = standing.withLock { $0 }
    if let lost = standing.lost { throw lost }
    guard let deadline = standing.deadline else {
      throw GuardLost(tables: tables, cause: .notHeld)
    }
    guard clock.elapsed() < deadline else {
      throw GuardLost(tables: tables, cause: .overdue(standing.lastFailure))
    }
  }

  /// Renews all claims now, and keeps in them where the journal stands if that is given.
  ///
  /// - Throws: `GuardLost`, after which `check` throws, too; `StoreError`, after which it may be tried again.
  package func renew(mark: GuardMark? = nil) async throws {
    let (start, now) = (clock.elapsed(), now)
    do {
      for table in tables {
        guard let claim = claims[table] else { throw GuardLost(tables: [table], cause: .notHeld) }
        claims[table] = try await keeper.renew(claim, lease: length, mark: mark, now: now)
      }
      standing.withLock { $0 = Standing(deadline: start + length, lost: $0.lost) }
    } catch let lost as GuardLost {
      standing.withLock { $0.lost = lost }
      throw lost
    } catch {
      standing.withLock { $0.lastFailure = "\(error)" }
      throw error
    }
  }

  /// Renews each third of the lease, and sooner after a failure, until the task is cancelled or a claim is lost.
  package func renewUntilCancelled() async {
    var pause = length / 3
    while true {
      do {
        try await clock.sleep(pause)
        try await renew()
        pause = length / 3
      } catch is CancellationError {
        return
      } catch is GuardLost {
        return
      } catch {
        // `check` stops the run when no attempt helps in time; until then it is worth trying.
        pause = length / 12
      }
    }
  }

  /// Gives all claims back, and keeps in them where the journal stands if that is given.
  ///
  /// End `renewUntilCancelled` first. - Throws: `GuardLost` when a claim was ours no more, `StoreError`.
  package func release(mark: GuardMark? = nil) async throws {
    standing.withLock { $0.deadline = nil }
    await keeper.hold([])
    let held = tables.compactMap { claims.removeValue(forKey: $0) }
    var first: (any Error)?
    for claim in held {
      do { _ = try await keeper.release(claim, mark: mark) } catch { first = first ?? error }
    }
    if let first { throw first }
  }
}
