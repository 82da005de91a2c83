/// Which run is meant by a name that fits several.
package enum RunChoice: Sendable {
  /// Any run: the newest.
  case any
  /// A run that changed tables: what can be undone, redone, restored or verified.
  case changedTables
}

/// A run that was found by a name, and whether a newer one was passed over for it.
package struct FoundRun: Sendable {
  /// The run.
  package let fold: RunFold
  /// The newest run, where it fits the name, too, and was passed over since it changed no table.
  package let passedOver: RunFold?
}

extension Journal {
  /// The run with that id, the only one whose id begins like that, the `latest` one, or the last one of the migration of
  /// that name.
  package func run(named name: String) throws -> RunFold { try find(name).fold }

  /// The run that a name means.
  ///
  /// - Parameter choice: for `latest` and for a migration's name; an id means its run whatever it did.
  /// - Throws: `JournalError.unknownRun`, `.ambiguousRun`, `.noRunChangedTables`.
  package func find(_ name: String, _ choice: RunChoice = .any) throws -> FoundRun {
    let folds = try runs()
    if name == "latest" { return try last(of: folds, name, choice) }
    if let exact = folds.first(where: { $0.started.run == name }) {
      return FoundRun(fold: exact, passedOver: nil)
    }
    let ofMigration = folds.filter { $0.started.migration == name }
    if !ofMigration.isEmpty { return try last(of: ofMigration, name, .changedTables, orAny: choice == .any) }
    let matches = name.isEmpty ? [] : folds.filter { $0.started.run.hasPrefix(name) }
    guard let match = matches.first else { throw try unknown(name) }
    guard matches.count == 1 else {
      throw JournalError.ambiguousRun(name, candidates: matches.map(\.started.run))
    }
    return FoundRun(fold: match, passedOver: nil)
  }

  /// A run that was archived is said to be.
  private func unknown(_ name: String) throws -> JournalError {
    for archive in try archives().reversed() {
      let match = archive.runs.last { !name.isEmpty && $0.run.hasPrefix(name) }
      if let match { return .archivedRun(match.run, file: archive.file) }
    }
    return .unknownRun(name)
  }

  private func last(
    of folds: [RunFold], _ name: String, _ choice: RunChoice, orAny: Bool = false
  ) throws -> FoundRun {
    guard let newest = folds.last else { throw JournalError.unknownRun(name) }
    if choice == .any { return FoundRun(fold: newest, passedOver: nil) }
    guard let found = folds.last(where: \.hasChangedTables) else {
      if orAny { return FoundRun(fold: newest, passedOver: nil) }
      throw JournalError.noRunChangedTables(name, newest: newest.started.run)
    }
    return FoundRun(fold: found, passedOver: found.number == newest.number ? nil : newest)
  }
}

extension RunFold {
  /// Whether it wrote to tables, or may have: a dry run and a run that found nothing to do did not.
  package var hasChangedTables: Bool {
    guard appliedBy != nil, let plan, plan.changes > 0 else { return false }
    guard let counts = finished?.counts else { return true }
    return counts.applied + counts.inDoubt + counts.compensated > 0 || position.state != finished?.state
  }
}
