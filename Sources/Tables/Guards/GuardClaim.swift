/// The guard item of one table: who may migrate it, until when, and where their journal stood.
package struct GuardClaim: Hashable, Codable, Sendable {
  /// Whether somebody works on the table.
  package enum State: String, Hashable, Codable, Sendable {
    /// The owner may write until the claim expires.
    case held
    /// Nobody works on it; the claim stays as a record of the last one who did.
    case released
  }

  /// The table's name.
  package let table: String
  /// Who holds it, or did last.
  package var holder: GuardHolder
  /// Grows by one each time that the claim is taken: who has a smaller number lost it.
  package var fence: Int64
  /// When a held claim may be taken over, in microseconds since 1970, UTC, by its holder's clock.
  package var expiresAt: Int64
  /// The journal of the last run that recorded one; it stays when somebody else takes the claim.
  package var mark: GuardMark?
  /// Whether it is held.
  package var state: State
  /// Why it was released by force, and by whom.
  package var reason: String?

  /// A claim.
  package init(
    table: String, holder: GuardHolder, fence: Int64, expiresAt: Int64, mark: GuardMark?, state: State,
    reason: String? = nil
  ) {
    self.table = table
    self.holder = holder
    self.fence = fence
    self.expiresAt = expiresAt
    self.mark = mark
    self.state = state
    self.reason = reason
  }

  /// Whether this is the same taking of the same claim: only its expiry, its mark or its state may be different.
  package func isSameTaking(as other: GuardClaim) -> Bool {
    table == other.table && fence == other.fence && holder == other.holder
  }
}

/// Who takes a guard.
package struct GuardHolder: Hashable, Codable, Sendable {
  /// For people, such as `alice@host process 12 run 06-…`.
  package let owner: String
  /// The journal's id.
  package let journal: String
  /// The run's id.
  package let run: String
  /// What only this journal's file on this machine has (`GuardToken`): a copy of the journal has another one.
  package let token: String

  /// A holder.
  package init(owner: String, journal: String, run: String, token: String) {
    self.owner = owner
    self.journal = journal
    self.run = run
    self.token = token
  }

  /// Whether it holds the lock of the same journal file: the process before has died, whichever of its runs it worked on.
  func continues(_ other: GuardHolder) -> Bool {
    !token.isEmpty && journal == other.journal && token == other.token
  }
}

/// Where a journal stood when a run began or ended: what shows the next run that a journal is an older copy, or was cut.
package struct GuardMark: Hashable, Codable, Sendable {
  /// The journal's id.
  package let journal: String
  /// The hash of its last event, in hexadecimal digits.
  package let head: String
  /// How many events it had.
  package let size: Int64

  /// A mark.
  package init(journal: String, head: String, size: Int64) {
    self.journal = journal
    self.head = head
    self.size = size
  }
}
