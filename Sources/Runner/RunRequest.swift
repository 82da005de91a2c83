import DynamoJournalEvents
import DynamoJournalTables

/// Everything a runner works with.
package struct RunEnvironment: Sendable {
  /// The tables.
  package let store: any TableStore
  /// The target as the command line names it.
  package let target: String
  /// The journal, opened for appending.
  package let journal: Journal
  /// Where inputs come from.
  package let inputs: any InputSource
  /// The wish to stop.
  package let stop: StopSignal
  /// Name and version of the program.
  package let tool: String
  /// Told what is going on, from any thread.
  package let progress: @Sendable (RunProgress) -> Void
  /// Asked before the first change is written.
  package let confirm: @Sendable (PlanSummary) async throws -> String
  /// Whether tables are exported when the target turns out to make no backups and no kind was asked for.
  package let exportsByDefault: Bool
  /// The time in microseconds since 1970, UTC.
  package let clock: @Sendable () -> Int64
  /// Keeps other hosts off the tables; nil where nothing does.
  package var tableGuard: RunGuard?
  /// Throws when nothing more may be written, since the journal's chain does not verify.
  package var chainMayWrite: @Sendable () throws -> Void = {}
  /// Waited for before a run is said to be done: throws when the journal's chain does not verify.
  package var chainIsRight: @Sendable () async throws -> Void = {}
  /// What the target is, however it is spelled; nil where nobody asked.
  package var identity: TargetIdentity?
  /// Where the embedded store is; nil for other targets.
  package var location: String?
  /// Looks whether a plan has the signatures that it needs; throws a `Refusal` when it has not.
  package var checkApprovals: @Sendable (RunFold) async throws -> Void = { _ in }
  /// Told which run is worked on, before anything of it is journaled by this process.
  package var attach: @Sendable (RunHandle) -> Void = { _ in }
  /// What the target costs.
  let meter: CostMeter

  /// An environment.
  ///
  /// - Parameter confirm: returns how the plan was confirmed, or throws a `Refusal`.
  package init(
    store: any TableStore, target: String, journal: Journal, inputs: any InputSource, stop: StopSignal,
    tool: String, progress: @escaping @Sendable (RunProgress) -> Void,
    confirm: @escaping @Sendable (PlanSummary) async throws -> String, exportsByDefault: Bool = false,
    clock: @escaping @Sendable () -> Int64 = Timestamp.now
  ) {
    self.store = store
    self.target = target
    self.journal = journal
    self.inputs = inputs
    self.stop = stop
    self.tool = tool
    self.progress = progress
    self.confirm = confirm
    self.exportsByDefault = exportsByDefault
    self.clock = clock
    meter = CostMeter(store)
  }
}

/// What is going on.
package enum RunProgress: Sendable {
  /// A run has its id.
  case started(run: String)
  /// The plan is being made; so many items have been looked at.
  case planning
  /// A line of the log of a program that plans.
  case said(String)
  /// The plan is whole.
  case planned(PlanSummary)
  /// A table is being backed up by the target.
  case backingUp(table: String, name: String)
  /// A table of about so many items is being exported to a folder.
  case exporting(table: String, path: String, about: Int)
  /// So many more items are exported.
  case exported(items: Int)
  /// The target makes no backups: tables are exported below this folder instead.
  case exportingInstead(folder: String)
  /// The target has so many backups of the name that a run asked for: a reply was lost. This one is taken.
  case backupsOfOneName(name: String, count: Int, taken: String)
  /// What is at this path is not the run's whole export: it stays, and the run's gets another name.
  case exportPassedOver(path: String)
  /// Changes are about to be written: so many.
  case applying(total: Int)
  /// Changes are about to be undone: so many.
  case rollingBack(total: Int)
  /// Changes are about to be made again: so many.
  case redoing(total: Int)
  /// So many more changes have their outcome; of them so many were not made.
  case advanced(changes: Int, failed: Int)
  /// How the run stands before anything more is written.
  case standing(RunCounts)
  /// So many items were read for the plan so far, and so many changes are planned.
  case read(items: Int, changes: Int)
  /// The tables are looked at before anything is undone or redone.
  case looking
}

/// A sealed plan, as it is shown and confirmed.
package struct PlanSummary: Sendable {
  /// The run's fold.
  package let fold: RunFold
  /// The sealed plan.
  package let plan: SealedDetail
  /// The first few changes.
  package let examples: [PlannedChange]
  /// How many notes there are.
  package let notes: Int
}

/// What a run is asked to be.
public struct RunRequest: Sendable {
  /// Stop once it is planned.
  package var dryRun: Bool
  /// Why, in the words of whoever runs it.
  package var reason: String?
  /// Back the tables up before the first change.
  package var makesBackups: Bool
  /// The kind of backups; nil for the target's own, or exports where it has none and the environment says so.
  package var backupKind: BackupKind?
  /// Stop when more changes than this failed; nil for never.
  package var maxFailures: Int?
  /// Refuse a plan of more changes than this; nil for any.
  package var maxChanges: Int?
  /// On `resume`: try what failed again.
  package var retryFailed: Bool
  /// On `resume`: insist on this plan.
  package var digest: String?
  /// On `resume`: stop once it is planned, so that nobody applies what nobody saw.
  package var stopsAtPlan: Bool
  /// How many signatures of others a plan needs before it is applied; nil for none.
  package var requiredApprovals: Int?

  /// A request for the usual: plan, back up, apply.
  public init() { self.init(dryRun: false) }

  /// A request to stop at the plan.
  public static var dry: RunRequest { RunRequest(dryRun: true) }

  /// A request.
  package init(
    dryRun: Bool = false, reason: String? = nil, makesBackups: Bool = true,
    backupKind: BackupKind? = nil, maxFailures: Int? = nil, maxChanges: Int? = nil, retryFailed: Bool = false,
    digest: String? = nil, stopsAtPlan: Bool = false, requiredApprovals: Int? = nil
  ) {
    self.dryRun = dryRun
    self.reason = reason
    self.makesBackups = makesBackups
    self.backupKind = backupKind
    self.maxFailures = maxFailures
    self.maxChanges = maxChanges
    self.retryFailed = retryFailed
    self.digest = digest
    self.stopsAtPlan = stopsAtPlan
    self.requiredApprovals = requiredApprovals
  }
}

/// How a command that ran, resumed or rolled back ended.
public enum RunEnd: Sendable, Hashable {
  /// Done, as it was asked.
  case done
  /// Some changes failed or were in conflict.
  case incomplete
  /// Stopped; `resume` goes on. The sentence says why.
  case interrupted(String)
  /// Nothing was written to a table. The sentence says why.
  case refused(String)
  /// Somebody else works on the tables; `resume` goes on when they are free. The sentence says who.
  case heldElsewhere(String)
}

extension RunEnd {
  /// Why the run ended so; nil where its state says it all.
  package var words: String? {
    switch self {
    case .done, .incomplete: nil
    case .interrupted(let words), .refused(let words), .heldElsewhere(let words): words
    }
  }
}

/// A run at the end of a command.
public struct RunResult: Sendable {
  /// The run's fold.
  package let fold: RunFold
  /// Its counts.
  public let counts: RunCounts
  /// How it ended.
  public let end: RunEnd
}
