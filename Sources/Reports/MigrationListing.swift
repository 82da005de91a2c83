import JSON
import Journal

/// The migrations, and how each stands on one target.
public struct MigrationListing: Sendable {
  /// The migrations in the order given.
  public let statuses: [MigrationStatus]

  /// A listing.
  ///
  /// - Parameters:
  ///   - runs: runs of the journal in the order of their start; those against other targets are left out.
  ///   - target: the target as the journal names it.
  public init(_ migrations: [MigrationStatus.Entry], runs: [RunReport], target: String) {
    let here = Dictionary(
      grouping: runs.filter { $0.fold.started.target == target }, by: \.fold.started.migration)
    statuses = migrations.map { MigrationStatus($0, runs: here[$0.name] ?? []) }
  }

  /// One array, with an object for each migration.
  public var jsonText: String { JSONValue.array(statuses.map(\.json)).prettyText() + "\n" }

  /// Rows for people.
  public var text: String {
    var table = TextTable(["MIGRATION", "STATE", "WHEN", "BY", "RUN", "CODE", "SUMMARY"])
    for status in statuses {
      table.add([
        status.entry.name, status.stateText, status.run.map { Timestamp.text($0.fold.lastEventAt) } ?? "-",
        status.run.map { Printable.text($0.fold.startedBy.name) } ?? "-", status.run?.run ?? "-",
        status.codeText, Printable.text(status.entry.summary),
      ])
    }
    return table.takeLines()
  }
}

extension MigrationStatus {
  /// The members of the contract: docs/operating.md, "Which migrations are applied".
  var json: JSONValue {
    [
      "migration": .string(entry.name), "summary": .string(entry.summary), "state": .string(state),
      "isPartial": .bool(isPartial), "run": .text(run?.run),
      "at": .text(run.map { Timestamp.text($0.fold.lastEventAt) }),
      "actor": run?.fold.startedBy.json ?? .null, "version": .number(entry.version),
      "codeDigest": .string(entry.codeDigest),
      "runVersion": run.map { .number($0.fold.started.version) } ?? .null,
      "runCodeDigest": .text(run?.fold.started.codeDigest), "code": .text(code?.rawValue),
      "lastRun": Self.json(last),
    ]
  }

  private static func json(_ run: RunReport?) -> JSONValue {
    guard let run else { return .null }
    return [
      "run": .string(run.run), "state": .string(run.state.rawValue), "dryRun": .bool(run.fold.started.dryRun),
      "startedAt": .string(Timestamp.text(run.fold.startedAt)),
      "finishedAt": .text(run.finishedAt.map(Timestamp.text)), "actor": run.fold.startedBy.json,
    ]
  }

  var stateText: String {
    guard let run else { return "pending" }
    switch run.state {
    case .applied: return isPartial ? "applied in part" : "applied"
    case .incomplete where run.counts.failed > 0: return "incomplete (\(run.counts.failed) failed)"
    case .planned: return "planned only"
    case .rolledBack: return "rolled back"
    case .rollingBack: return "rolling back"
    default: return run.state.rawValue
    }
  }

  var codeText: String {
    guard let code, let started = run?.fold.started else { return "-" }
    guard code == .changed else { return code.rawValue }
    if started.version == entry.version { return "changed since (version \(entry.version), other code)" }
    return "changed since (version \(started.version) → \(entry.version))"
  }
}
