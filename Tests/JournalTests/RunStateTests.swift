import Testing

@testable import DynamoJournalEvents

/// The table of states, arrow by arrow: what is listed leads where it should, and everything else is refused.
@Suite("The states of a run")
struct RunStateTests {
  /// Every arrow that there is, and where it leads.
  private static let arrows: [(RunPosition, RunMove, RunPosition)] = [
    // The plan is whole.
    (at(.planning), .seal, at(.planned)),
    // Somebody let it through.
    (at(.planned), .startApplying, at(.applying)),
    // A dry run that is applied as it was reviewed.
    (at(.planned), .resume, at(.planned)),
    // All written, or some not.
    (at(.applying), .finish(.applied), at(.applied)),
    (at(.applying), .finish(.incomplete), incomplete(.applying)),
    // All undone; a part, as asked; or some not.
    (at(.rollingBack), .finish(.rolledBack), at(.rolledBack)),
    (at(.rollingBack), .finish(.applied), at(.applied)),
    (at(.rollingBack), .finish(.incomplete), incomplete(.rollingBack)),
    // All made again, or some not.
    (at(.redoing), .finish(.applied), at(.applied)),
    (at(.redoing), .finish(.incomplete), incomplete(.redoing)),
    // All that was undone is made again, of a run that had not been applied as a whole.
    (at(.redoing), .endRedo, incomplete(.applying)),
    // Whatever is going on can be stopped, and goes on where it was.
    (at(.planning), .interrupt, interrupted(.planning)),
    (at(.planned), .interrupt, interrupted(.planned)),
    (at(.applying), .interrupt, interrupted(.applying)),
    (at(.rollingBack), .interrupt, interrupted(.rollingBack)),
    (at(.redoing), .interrupt, interrupted(.redoing)),
    (interrupted(.planning), .resume, at(.planning)),
    (interrupted(.planned), .resume, at(.planned)),
    (interrupted(.applying), .resume, at(.applying)),
    (interrupted(.rollingBack), .resume, at(.rollingBack)),
    (interrupted(.redoing), .resume, at(.redoing)),
    // What failed is tried again in the direction in which the run was going.
    (incomplete(.applying), .resume, at(.applying)),
    (incomplete(.rollingBack), .resume, at(.rollingBack)),
    (incomplete(.redoing), .resume, at(.redoing)),
    // Undone, also when only a part was written, or what an earlier rollback was asked to leave.
    (at(.applied), .startRollback, at(.rollingBack)),
    (at(.rolledBack), .startRollback, at(.rollingBack)),
    (at(.closed), .startRollback, at(.rollingBack)),
    (incomplete(.applying), .startRollback, at(.rollingBack)),
    (incomplete(.rollingBack), .startRollback, at(.rollingBack)),
    (incomplete(.redoing), .startRollback, at(.rollingBack)),
    (interrupted(.applying), .startRollback, at(.rollingBack)),
    (interrupted(.rollingBack), .startRollback, at(.rollingBack)),
    (interrupted(.redoing), .startRollback, at(.rollingBack)),
    // The rollback is taken back, also one that came to no end, and one that undid a part.
    (at(.rolledBack), .startRedo, at(.redoing)),
    (at(.applied), .startRedo, at(.redoing)),
    (incomplete(.rollingBack), .startRedo, at(.redoing)),
    (incomplete(.redoing), .startRedo, at(.redoing)),
    (interrupted(.rollingBack), .startRedo, at(.redoing)),
    (interrupted(.redoing), .startRedo, at(.redoing)),
    // It will not go on. Whether something is half done is for `Closing` to look at.
    (at(.planned), .close, at(.closed)),
    (incomplete(.applying), .close, at(.closed)),
    (incomplete(.rollingBack), .close, at(.closed)),
    (incomplete(.redoing), .close, at(.closed)),
    (interrupted(.planning), .close, at(.closed)),
    (interrupted(.planned), .close, at(.closed)),
    (interrupted(.applying), .close, at(.closed)),
    (interrupted(.rollingBack), .close, at(.closed)),
    (interrupted(.redoing), .close, at(.closed)),
  ]

  /// The events that move nothing, and where they may stand.
  private static let admitted: [(EventKind, [RunPosition])] = [
    // Planning goes on until the plan is sealed.
    (.input, [at(.planning)]), (.checkpoint, [at(.planning)]), (.planned, [at(.planning)]),
    // A finding belongs to something that goes on.
    (.note, [at(.planning), at(.applying), at(.rollingBack), at(.redoing)]),
    // A plan is signed once it is whole and before it is applied.
    (.approved, [at(.planned), interrupted(.planned)]),
    (.backedUp, [at(.planned)]),
    (.inspected, [at(.applying)]),
    // A rollback finds out what had become of a change in doubt.
    (.applied, [at(.applying), at(.rollingBack)]),
    (.failed, [at(.applying), at(.rollingBack), at(.redoing)]),
    (.overwriting, [at(.rollingBack), at(.redoing)]), (.compensated, [at(.rollingBack)]),
    (.reapplied, [at(.redoing)]),
  ]

  private static let writing: [RunState] = [.applying, .rollingBack, .redoing]

  /// Every position that a run can be in.
  private static let positions: Set<RunPosition> = Set(
    [.planning, .planned, .applying, .applied, .rollingBack, .rolledBack, .redoing, .closed].map(at)
      + ([.planning, .planned] + writing).map(interrupted) + writing.map(incomplete))

  @Test("every arrow of the table leads where it should")
  func arrowsLead() {
    for (position, move, next) in Self.arrows {
      #expect(position.after(move) == next, "\(position) \(move)")
    }
  }

  @Test("every move that is not in the table is refused, from every position")
  func missingArrows() {
    var refused = 0
    for position in Self.positions {
      for move in RunMove.all where !Self.arrows.contains(where: { $0.0 == position && $0.1 == move }) {
        #expect(position.after(move) == nil, "\(position) \(move)")
        refused += 1
      }
    }
    #expect(refused == Self.positions.count * RunMove.all.count - Self.arrows.count)
  }

  @Test("the moves lead from the start to these positions and to no others")
  func reachable() {
    var found: Set<RunPosition> = [.start]
    var open = [RunPosition.start]
    while let position = open.popLast() {
      for next in RunMove.all.compactMap(position.after) where found.insert(next).inserted {
        open.append(next)
      }
    }
    #expect(found == Self.positions)
  }

  private static func admitted(_ kind: EventKind) -> Set<RunPosition> {
    Set(admitted.first { $0.0 == kind }?.1 ?? [])
  }

  @Test("an event that moves nothing stands where it may and nowhere else", arguments: EventKind.allCases)
  func admits(kind: EventKind) {
    let allowed =
      switch kind {
      case .restored: Self.positions.filter { !$0.state.isUnderWay }
      case .selected: Self.positions.filter { $0.after(.startRollback) != nil }
      // A process works at a run in almost any state: it backs up a planned one, and looks at an applied one.
      case .paused, .continued, .paced, .held, .released: Self.positions.filter { $0.state != .closed }
      default: Self.admitted(kind)
      }
    for position in Self.positions {
      #expect(position.admits(kind) == allowed.contains(position), "\(kind) in \(position)")
    }
  }

  @Test("an event either moves a run or may stand in it, never both, and the journal's own do neither")
  func moversAreNotAdmitted() throws {
    let counts = #"{"applied":0,"compensated":0,"failed":0,"inDoubt":0,"notes":0,"pending":0,"planned":0}"#
    let detail = Array(#"{"state":"applied","counts":\#(counts)}"#.utf8)
    for kind in EventKind.allCases {
      let moves = try RunMove.of(kind, detail) != nil
      let stands = Self.positions.contains { $0.admits(kind) }
      let neither = kind == .started || kind.subject == .journal
      #expect(moves != stands || neither, "\(kind)")
      #expect(!(neither && (moves || stands)), "\(kind)")
    }
  }

  private static func at(_ state: RunState) -> RunPosition { RunPosition(state) }
  private static func interrupted(_ before: RunState) -> RunPosition {
    RunPosition(.interrupted, before: before)
  }
  private static func incomplete(_ before: RunState) -> RunPosition {
    RunPosition(.incomplete, before: before)
  }
}
