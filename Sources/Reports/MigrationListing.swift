import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalTables

/// The migrations, and how each stands on one target.
package struct MigrationListing: Sendable {
  /// The migrations in the order given.
  package let statuses: [MigrationStatus]
  private let guards: [String: GuardClaim]
  private let verified: Bool?

  /// A listing.
  ///
  /// - Parameters:
  ///   - runs: runs of the journal in the order of their start; those against other targets are left out.
  ///   - target: the target as the journal names it.
  ///   - identity: what the target is, however it is spelled; nil where nobody could ask.
  ///   - guards: the guards of the target's tables, by table; none where nobody could ask.
  ///   - verified: whether the journal's chain verifies; nil where nobody looked.
  ///   - archives: what has left the journal, the latest last.
  package init(
    _ migrations: [MigrationStatus.Entry], runs: [RunReport], target: String, identity: TargetIdentity? = nil,
    guards: [String: GuardClaim] = [:], verified: Bool? = nil, archives: [ArchivedDetail] = []
  ) {
    self.guards = guards
    self.verified = verified
    let here = Dictionary(
      grouping: runs.filter { $0.fold.started.isOn(target: target, identity: identity) },
      by: \.fold.started.migration)
    let archived = archives.flatMap { archive in
      archive.runs.filter { $0.isOn(target: target, identity: identity) }
        .map { MigrationStatus.Archived(run: $0, file: archive.file) }
    }
    statuses = migrations.map { entry in
      MigrationStatus(
        entry, runs: here[entry.name] ?? [],
        archived: archived.last { $0.run.migration == entry.name && $0.run.left > 0 })
    }
  }

  /// One array, with an object for each migration.
  package var jsonText: String {
    let rows = statuses.map { status in
      status.json.adding([
        .init(name: "people", value: status.run?.people ?? .null),
        .init(name: "guards", value: .array(claims(of: status).map(Self.json))),
        .init(name: "verified", value: verified.map { .bool($0) } ?? .null),
      ])
    }
    return JSONValue.array(rows).prettyText() + "\n"
  }

  /// The guards of the tables that the migration's run changed.
  private func claims(of status: MigrationStatus) -> [GuardClaim] {
    (status.run?.fold.plan?.tally ?? []).compactMap { guards[$0.table] }
  }

  private static func json(_ claim: GuardClaim) -> JSONValue {
    [
      "table": .string(claim.table), "state": .string(claim.state.rawValue),
      "owner": .string(claim.holder.owner),
      "run": .string(claim.holder.run), "journal": .string(claim.holder.journal),
    ]
  }

  /// Rows for people.
  package var text: String {
    var table = TextTable(["MIGRATION", "STATE", "WHEN", "BY", "RUN", "CODE", "SUMMARY"])
    for status in statuses {
      table.add([
        status.entry.name, status.stateText, status.run.map { Timestamp.text($0.fold.lastEventAt) } ?? "-",
        status.run.map { Printable.text($0.fold.startedBy.name) } ?? "-", status.run?.run ?? "-",
        status.codeText, Printable.text(status.entry.summary),
      ])
    }
    let held = guards.values.filter { $0.state == .held }.sorted { $0.table < $1.table }
    return table.takeLines()
      + held.map { "table \(Printable.text($0.table)) is guarded by \(Printable.text($0.holder.owner))\n" }
      .joined()
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
      "archived": archived.map { ["run": .string($0.run.run), "file": .string($0.file)] } ?? .null,
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
    if let archived, !hasRunSince {
      return
        "\(archived.run.state == .applied ? "applied" : "left changes"), archived to \(Printable.text(archived.file))"
    }
    guard let run else { return "pending" }
    switch run.state {
    case .applied: return isPartial ? "applied in part" : "applied"
    case .incomplete where run.counts.failed > 0: return "incomplete (\(run.counts.failed) failed)"
    case .planned: return run.fold.plan?.refusal == nil ? "planned only" : "planned, refused"
    case .rolledBack: return isPartial ? "rolled back in part" : "rolled back"
    case .rollingBack: return "rolling back"
    case .redoing: return "redoing"
    default: return run.stateWord
    }
  }

  var codeText: String {
    guard let code, let started = run?.fold.started else { return "-" }
    guard code == .changed else { return code.rawValue }
    if started.version == entry.version { return "changed since (version \(entry.version), other code)" }
    return "changed since (version \(started.version) → \(entry.version))"
  }
}
