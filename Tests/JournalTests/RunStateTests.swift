import DynamoJournalEvents
import Testing

@Suite struct RunStateTests {
  /// Every arrow that there is: state, what an interrupted run was doing, move, where it leads.
  private static let arrows: [(RunPosition, RunMove, RunState)] = [
    (at(.planning), .seal, .planned),
    (at(.planning), .interrupt, .interrupted),
    (at(.planned), .startApplying, .applying),
    (at(.planned), .interrupt, .interrupted),
    (at(.planned), .resume, .planned),
    (at(.applying), .finish(.applied), .applied),
    (at(.applying), .finish(.incomplete), .incomplete),
    (at(.applying), .interrupt, .interrupted),
    (at(.applied), .startRollback, .rollingBack),
    (at(.incomplete), .startRollback, .rollingBack),
    (at(.incomplete), .resume, .applying),
    (at(.rollingBack), .finish(.rolledBack), .rolledBack),
    (at(.rollingBack), .finish(.incomplete), .incomplete),
    (at(.rollingBack), .interrupt, .interrupted),
    (interrupted(.planning), .resume, .planning),
    (interrupted(.planned), .resume, .planned),
    (interrupted(.applying), .resume, .applying),
    (interrupted(.rollingBack), .resume, .rollingBack),
    (interrupted(.applying), .startRollback, .rollingBack),
    (interrupted(.rollingBack), .startRollback, .rollingBack),
  ]

  private static let interruptible: [RunState] = [.planning, .planned, .applying, .rollingBack]

  /// Every position a run can be in, reached by the moves themselves.
  private static let positions: [RunPosition] =
    RunState.allCases.filter { $0 != .interrupted }.map(at) + interruptible.map(interrupted)

  @Test("every arrow of the table leads where it should")
  func arrowsLead() {
    for (position, move, state) in Self.arrows {
      #expect(position.after(move)?.state == state, "\(position) \(move)")
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

  private static func at(_ state: RunState) -> RunPosition {
    let path: [RunState: [RunMove]] = [
      .planning: [], .planned: [.seal], .applying: [.seal, .startApplying],
      .applied: [.seal, .startApplying, .finish(.applied)],
      .incomplete: [.seal, .startApplying, .finish(.incomplete)],
      .rollingBack: [.seal, .startApplying, .finish(.applied), .startRollback],
      .rolledBack: [.seal, .startApplying, .finish(.applied), .startRollback, .finish(.rolledBack)],
    ]
    return follow(path[state] ?? [], from: .start)
  }

  private static func interrupted(_ state: RunState) -> RunPosition { follow([.interrupt], from: at(state)) }

  private static func follow(_ moves: [RunMove], from start: RunPosition) -> RunPosition {
    moves.reduce(start) { position, move in
      guard let next = position.after(move) else {
        Issue.record("\(move) is not allowed from \(position)")
        return position
      }
      return next
    }
  }
}
