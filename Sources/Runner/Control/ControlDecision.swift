import DynamoJournalEvents
import DynamoJournalProgram
import DynamoJournalTables

/// What becomes of a wish, by how the run stands: a pure decision.
enum ControlDecision: Hashable, Sendable {
  /// It is fulfilled, and journaled as this kind of event.
  case fulfil(EventKind)
  /// The run is stopped, which is journaled when it has stopped.
  case stop
  /// Nothing changes.
  case leave(ControlAnswer)

  /// - Parameters:
  ///   - isStopping: whether somebody has asked to stop already.
  static func of(_ wish: ControlWish, _ status: RunStatus, isStopping: Bool) -> ControlDecision {
    guard let run = status.run, run == wish.run else {
      return .leave(
        ControlAnswer(
          .refused,
          "run \(wish.run) is not under way: the process at work is at \(status.run.map { "run \($0)" } ?? "no run yet")",
          remedy: "'\(Program.command("show \(wish.run)"))' tells where it stands"))
    }
    if isStopping && wish.verb != .stop {
      return .leave(ControlAnswer(.refused, "run \(run) is stopping already"))
    }
    switch wish.verb {
    case .pause:
      guard let pause = status.pause else { return .fulfil(.paused) }
      return .leave(ControlAnswer(.already, "run \(run) is paused already, by \(pause.words)"))
    case .continue: return continuing(run, status)
    case .pace:
      let pace = WorkControl.Pace(writeUnits: status.maxWriteUnits, concurrency: status.concurrency)
      guard wish.pace(after: pace) == pace else { return .fulfil(.paced) }
      return .leave(ControlAnswer(.already, "run \(run) keeps to that already: \(pace.words)"))
    case .stop:
      return isStopping ? .leave(ControlAnswer(.already, "run \(run) is stopping already")) : .stop
    }
  }

  private static func continuing(_ run: String, _ status: RunStatus) -> ControlDecision {
    if status.pause != nil { return .fulfil(.continued) }
    guard let hold = status.hold else {
      return .leave(ControlAnswer(.already, "run \(run) is not paused: it is under way"))
    }
    return .leave(
      ControlAnswer(
        .refused,
        "run \(run) is not paused but held (\(hold.detail.message)): it goes on by itself when that is over",
        remedy:
          "to go on in spite of it, stop the run and resume it without --hold-if, or with --hold-at none"))
  }
}

extension RunStatus.Pause {
  /// `alice@build-7 since 2026-11-26T20:00:00.000000Z (why)`
  package var words: String {
    "\(asked.by.name) since \(Timestamp.text(since))" + (asked.reason.map { " (\($0))" } ?? "")
  }
}

extension WorkControl.Pace {
  /// `at most 10 write units a second, at most 4 writes at once`
  package var words: String {
    let units =
      writeUnits.map { "at most \(Self.text($0)) write units a second" } ?? "no limit on write units"
    return units + ", " + (concurrency.map { "at most \($0) writes at once" } ?? "no limit on writes at once")
  }

  private static func text(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String(number)
  }
}
