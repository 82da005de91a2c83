/// What one process was asked and has not answered, and how often it had to be started: no input and no output.
package struct ProgramLane: Sendable {
  /// Items that may be unanswered at a time.
  package static let window = 256
  /// Ends on one item, or in a row without an answer, after which the plan stops.
  package static let maximumDeaths = 3
  /// Ends altogether.
  package static let maximumRestarts = 1_000

  /// Ids to be sent, in order.
  private var unsent: [Int] = []
  /// Ids that were sent, in order.
  package private(set) var waiting: [Int] = []
  private var highestSent = 0
  private var deathsInARow = 0
  private var deaths = 0
  private var hasAnswered = false
  private var deathsOn: [Int: Int] = [:]
  /// So many answers come one by one, so that the item is found which ends the process.
  private var careful = 0

  /// Nothing was asked.
  package init() {}

  /// The oldest id without an answer.
  package var oldest: Int? { waiting.first ?? unsent.first }
  /// Whether nothing is left to be asked or answered.
  package var isIdle: Bool { waiting.isEmpty && unsent.isEmpty }
  /// How many ids are to be sent.
  package var backlog: Int { unsent.count }
  /// How often the process ended.
  package var restarts: Int { deaths }

  /// Takes in an id to be asked.
  package mutating func offer(_ id: Int) { unsent.append(id) }

  /// The ids to be sent now.
  package mutating func take() -> [Int] {
    let room = (careful > 0 ? 1 : Self.window) - waiting.count
    guard room > 0, !unsent.isEmpty else { return [] }
    let ids = Array(unsent.prefix(room))
    unsent.removeFirst(ids.count)
    waiting += ids
    highestSent = max(highestSent, ids.last ?? 0)
    return ids
  }

  /// Whether the id is asked and not answered.
  package func isWaiting(_ id: Int) -> Bool { waiting.contains(id) }

  /// Takes in that an id is answered.
  package mutating func answered(_ id: Int) throws(ProgramFault) {
    guard let index = waiting.firstIndex(of: id) else { throw misplaced(id) }
    waiting.remove(at: index)
    deathsOn[id] = nil
    deathsInARow = 0
    hasAnswered = true
    careful = max(0, careful - 1)
  }

  /// What is wrong with an id that is not waited for.
  package func misplaced(_ id: Int) -> ProgramFault {
    id >= 1 && id <= highestSent && !unsent.contains(id) ? .answeredTwice(id) : .unknownID(id)
  }

  /// Takes in that the process ended: what it was asked is asked again, one by one.
  ///
  /// - Parameters:
  ///   - how: how it ended, such as `status 1`.
  ///   - key: the key of an id, for messages.
  package mutating func died(_ how: String, key: (Int) -> String) throws(ProgramFault) {
    deaths += 1
    deathsInARow += 1
    if waiting.count == 1, hasAnswered, let id = waiting.first {
      deathsOn[id, default: 0] += 1
      if let times = deathsOn[id], times >= Self.maximumDeaths {
        throw .diesOn(key: key(id), times: times, how: how)
      }
    } else if deathsInARow >= Self.maximumDeaths {
      throw .diesAtOnce(times: deathsInARow, key: oldest.map(key), how: how)
    }
    if deaths >= Self.maximumRestarts { throw .diesTooOften(times: deaths, how: how) }
    careful = max(careful, waiting.count)
    unsent = waiting + unsent
    waiting = []
  }
}
