/// The guard item of one table: who may migrate it, until when, and where their journal stood.
public struct GuardClaim: Hashable, Codable, Sendable {
  /// Whether somebody works on the table.
  public enum State: String, Hashable, Codable, Sendable {
    /// The owner may write until the claim expires.
    case held
    /// Nobody works on it; the claim stays as a record of the last one who did.
    case released
  }

  /// The table's name.
  public let table: String
  /// Who holds it, or did last.
  public var holder: GuardHolder
  /// Grows by one each time that the claim is taken: who has a smaller number lost it.
  public var fence: Int64
  /// When a held claim may be taken over, in microseconds since 1970, UTC, by its holder's clock.
  public var expiresAt: Int64
  /// The journal of the last run that recorded one; it stays when somebody else takes the claim.
  public var mark: GuardMark?
  /// Whether it is held.
  public var state: State
  /// Why it was released by force, and by whom.
  public var reason: String?

  /// A claim.
  public init(
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
  public func isSameTaking(as other: GuardClaim) -> Bool {
    table == other.table && fence == other.fence && holder == other.holder
  }
}

/// Who takes a guard.
public struct GuardHolder: Hashable, Codable, Sendable {
  /// For people, such as `alice@host process 12 run 06-…`.
  public let owner: String
  /// The journal's id.
  public let journal: String
  /// The run's id.
  public let run: String
  /// What only this journal's file on this machine has (`GuardToken`): a copy of the journal has another one.
  public let token: String

  /// A holder.
  public init(owner: String, journal: String, run: String, token: String) {
    self.owner = owner
    self.journal = journal
    self.run = run
    self.token = token
  }

  /// Whether it is the same run of the same journal, perhaps in a process after the one that died.
  func continues(_ other: GuardHolder) -> Bool {
    journal == other.journal && run == other.run && token == other.token
  }
}

/// Where a journal stood when a run began or ended: what shows the next run that a journal is an older copy, or was cut.
public struct GuardMark: Hashable, Codable, Sendable {
  /// The journal's id.
  public let journal: String
  /// The hash of its last event, in hexadecimal digits.
  public let head: String
  /// How many events it had.
  public let size: Int64

  /// A mark.
  public init(journal: String, head: String, size: Int64) {
    self.journal = journal
    self.head = head
    self.size = size
  }
}
