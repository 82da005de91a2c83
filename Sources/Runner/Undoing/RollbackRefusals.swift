import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

extension Rollback {
  /// A run that changed nothing, or that is undone already, is not rolled back; the run that was probably meant is named.
  func refuseWhatCantBeUndone(_ fold: RunFold) async throws {
    let run = fold.started.run
    guard fold.plan != nil, fold.appliedBy != nil else {
      throw Refusal(
        "run \(run) is \(fold.position.state.rawValue) and has written nothing, so it can't be rolled back",
        remedy: "'\(Program.command("close \(run) --reason …"))' ends it\(try await meant(besides: fold))")
    }
    guard fold.position.after(.startRollback) != nil || fold.position.state.isUnderWay else {
      throw JournalError.moveNotAllowed(run: run, state: fold.position.state, move: "rolled back")
    }
    let states = try await environment.journal.changeStates(of: fold.number, ifItDiedNow: true)
    guard states.toLookAtForUndoCount == 0, !fold.isHalfTurned else { return }
    if states.compensated.count > 0 {
      throw Refusal(
        "run \(run) is undone already, so it can't be rolled back (it is \(fold.position.state.rawValue)), and nothing was written"
      )
    }
    throw Refusal("run \(run) changed nothing, so there is nothing to undo\(try await meant(besides: fold))")
  }

  /// The run on the same target that was probably meant.
  private func meant(besides fold: RunFold) async throws -> String {
    let others = try await environment.journal.runs().filter {
      $0.number != fold.number && $0.started.isSameTarget(as: fold.started) && $0.hasChangedTables
        && $0.position.state != .rolledBack
    }
    let same = others.last { $0.started.migration == fold.started.migration }
    guard let meant = same ?? others.last else { return "" }
    return
      "; the last run that changed tables is \(meant.started.run), which '\(Program.command("rollback \(meant.started.run)"))' undoes"
  }

  func nothingSelected(_ handle: RunHandle) -> Refusal {
    guard selection.isPartial else {
      return Refusal(
        "run \(handle.id) has nothing to undo, and nothing was written")
    }
    return Self.nothingMet(handle)
  }

  /// Nothing that the run left in the tables is what was asked for.
  private static func nothingMet(_ handle: RunHandle) -> Refusal {
    Refusal(
      "nothing that run \(handle.id) left in the tables is what was selected, so nothing was undone",
      remedy: "'\(Program.command("show \(handle.id) --changes"))' lists what it changed")
  }

  /// Refuses a selection that names an item of which nothing is there to undo, or that is met by nothing at all.
  package static func refuseUnmet(_ preview: RollbackPreview, _ handle: RunHandle) throws {
    guard !preview.unmet.isEmpty else { return }
    let all = preview.unmet.map { [$0.table, $0.key].compactMap { $0 }.joined(separator: " ") }.sorted()
    let shown = all.prefix(5).map(ShellWord.text).joined(separator: ", ")
    let more = all.count > 5 ? " and \(all.count - 5) more" : ""
    throw Refusal(
      "run \(handle.id) left nothing to undo in the tables of \(all.count == 1 ? "this key" : "these keys"), so nothing was undone: \(shown)\(more)",
      remedy:
        "'\(Program.command("show \(handle.id) --changes"))' lists what it changed; a key that was undone already is not named again"
    )
  }

  /// Refuses a selection that nothing meets.
  package static func refuseNothing(
    _ preview: RollbackPreview, _ selection: RollbackSelection, _ handle: RunHandle
  ) throws {
    try refuseUnmet(preview, handle)
    if selection.isPartial && preview.selectedUnits == 0 { throw nothingMet(handle) }
  }
}

extension RunFold {
  /// Whether a rollback or a redo of it came to no end, so that another one has something to end, if nothing to write.
  var isHalfTurned: Bool { position.activity == .redoing || position.activity == .rollingBack }
}
