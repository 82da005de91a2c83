import DynamoJournalProgram
import Foundation
import DynamoJournalEvents
import DynamoJournalTables

/// Keeps a run's tables to itself while it writes: takes their guards, compares what they say with the journal, renews them
/// beside the work, and gives them back.
package final class RunGuard: Sendable {
  /// What people are told that stops nothing.
  package typealias Warning = @Sendable (String) -> Void

  private let store: any TableStore
  private let journal: Journal
  private let owner: String
  private let acceptsMarks: Bool
  private let isExpected: Bool
  private let lease: Duration
  private let warn: Warning
  private let held = HeldLease()

  /// - Parameters:
  ///   - owner: who it is, for people: `alice@build-7 process 12`.
  ///   - acceptsMarks: whether to go on although a guard knows more of the journal than the journal itself.
  ///   - isExpected: whether to warn where nobody has made a place for guards.
  ///   - warn: told that there is no guard, or that another journal was at work.
  package init(
    _ store: any TableStore, _ journal: Journal, owner: String, acceptsMarks: Bool, isExpected: Bool,
    lease: Duration = GuardLease.defaultLength, warn: @escaping Warning
  ) {
    self.store = store
    self.journal = journal
    self.owner = owner
    self.acceptsMarks = acceptsMarks
    self.isExpected = isExpected
    self.lease = lease
    self.warn = warn
  }

  /// Takes the guards of the tables that a run's plan touches; nothing where there are none, or where they are held already.
  ///
  /// - Throws: `GuardHeld` naming the holder, `JournalError.behindGuard` when the journal is an older copy or was cut.
  func take(_ fold: RunFold) async throws {
    let tables = fold.plan?.tally.map(\.table) ?? []
    guard held.value == nil, !tables.isEmpty else { return }
    guard let guards = try await store.guards else {
      if isExpected {
        warn(
          "no guard table is there, so nothing keeps another host from migrating the same tables: '\(Program.command("guard create"))' makes it"
        )
      }
      return
    }
    let id = try await journal.id() ?? ""
    let holder = GuardHolder(
      owner: owner, journal: id, run: fold.started.run,
      // The lock's file stays when the journal's is replaced by a recovery or an erasure; a copy has another.
      token: GuardToken.token(ofJournalAt: journal.path + ".lock") ?? "")
    let lease = GuardLease(guards, on: tables, for: holder, length: lease)
    let taken = try await lease.take()
    do {
      for one in taken { try await compare(one, journal: id) }
      try await lease.renew(mark: try await mark())
    } catch {
      // Why nothing was begun matters more than a guard that runs out.
      try? await lease.release()
      throw error
    }
    held.set(lease, Task { await lease.renewUntilCancelled() })
  }

  /// Throws when a guard was lost; asked before each call that writes.
  package func check() throws { try held.value?.check() }

  /// Gives the guards back, with where the journal stands now.
  package func release() async {
    guard let lease = held.take() else { return }
    do { try await lease.release(mark: try await mark()) } catch {
      warn("the guard could not be given back (\(error)): it runs out in \(Int(self.lease / .seconds(1))) s")
    }
  }

  private func mark() async throws -> GuardMark {
    let head = await journal.head
    return GuardMark(journal: try await journal.id() ?? "", head: head.hexadecimal, size: head.seq)
  }

  // MARK: What the guard says

  private func compare(_ taken: GuardLease.Taken, journal id: String) async throws {
    guard let previous = taken.previous else { return }
    let isOurs = previous.holder.journal == id && previous.holder.token == taken.claim.holder.token
    if previous.state == .held, !isOurs {
      warn(
        "the guard of table '\(previous.table)' was taken over from \(previous.holder.owner), whose claim had expired"
      )
    }
    guard let mark = previous.mark else { return }
    guard mark.journal == id else {
      return warn(
        "table '\(previous.table)' was migrated last by another journal (\(mark.journal.prefix(12))…, run \(previous.holder.run)): what it changed since is not in this one"
      )
    }
    guard let flaw = try await flaw(mark, table: previous.table) else { return }
    guard acceptsMarks else { throw flaw }
    try await journal.noteLoss(flaw.explanation.problem, upTo: mark.head)
    warn("\(flaw)")
  }

  private func flaw(_ mark: GuardMark, table: String) async throws -> JournalError? {
    let head = await journal.head
    if mark.size > head.seq {
      // What a recovery put aside stands in the journal.
      if try await journal.hasRecovered(from: mark.head) { return nil }
      return .behindGuard(table: table, known: mark.size, found: head.seq)
    }
    // What was archived can't be compared here; that the journal went on from it is in its chain.
    if let beginning = try await journal.beginning(), mark.size < beginning.seq { return nil }
    let there = try await journal.hash(at: mark.size)
    return there == mark.head ? nil : .besideGuard(table: table, event: mark.size)
  }
}

/// The lease that is held, and the task that renews it.
private final class HeldLease: @unchecked Sendable {
  // The lock guards both fields.
  private let lock = NSLock()
  private var lease: GuardLease?
  private var renewal: Task<Void, Never>?

  var value: GuardLease? { lock.withLock { lease } }

  func set(_ lease: GuardLease, _ renewal: Task<Void, Never>) {
    lock.withLock {
      self.lease = lease
      self.renewal = renewal
    }
  }

  func take() -> GuardLease? {
    lock.withLock {
      renewal?.cancel()
      defer { (lease, renewal) = (nil, nil) }
      return lease
    }
  }
}
