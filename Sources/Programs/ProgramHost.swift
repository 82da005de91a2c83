import Dispatch
import Foundation
import DynamoJournalJSON
import DynamoJournalTables

/// Keeps the program busy: hands it items, takes its answers, starts it again when it ended, and asks a second process the
/// same now and then.
///
/// The decisions are `ProgramWindow`'s and `ProgramLane`'s; what is here is input and output.
final class ProgramHost {
  /// What the host needs of the run.
  struct Surroundings {
    /// Throws when somebody has asked to stop.
    let checkStop: () throws -> Void
    /// Takes a line of the program's log.
    let say: (String) -> Void
    /// The items of these keys: read, captured, and the same again when the run is resumed.
    let items: ([(table: String, key: Item, about: String)]) async throws -> [[UInt8]]
  }

  /// Seconds that the program may take to exit after `end`.
  static let grace = 10
  /// Questions about one item.
  static let maximumGets = 1_000
  /// Milliseconds of a wait in which nobody looks whether to stop.
  private static let tick: Int32 = 20

  private let command: ProgramCommand
  private let start: [UInt8]
  private let table: String
  private let timeout: Int
  private let surroundings: Surroundings
  private let queue = DispatchQueue(label: "program")
  private var window = ProgramWindow()
  /// The process that plans, and the one that is asked the same now and then.
  private var sides: [Side] = [Side(), Side()]
  private var gets: [Get] = []
  private var getCounts: [Int: Int] = [:]

  private struct Side {
    var lane = ProgramLane()
    var process: ProgramProcess?
    var progress = ContinuousClock.now
  }

  private struct Get {
    let side: Int
    let id: Int
    let table: String
    let key: Item
  }

  init(
    _ command: ProgramCommand, start: [UInt8], table: String, timeout: Int, _ surroundings: Surroundings
  ) {
    (self.command, self.start, self.table, self.timeout) = (command, start, table, timeout)
    self.surroundings = surroundings
  }

  /// Hands an item over; what is answered by now comes back, in the order of the items.
  func feed(
    _ item: Item, _ key: Key, _ findings: [ProgramWindow.Finding] = []
  ) async throws -> [ProgramWindow.Entry] {
    let entry = window.add(item, key, findings: findings)
    sides[0].lane.offer(entry.id)
    if entry.isProbed { sides[1].lane.offer(entry.id) }
    // The pipe is filled in one go, not item by item.
    guard sides[0].lane.backlog >= ProgramLane.window / 2 || window.isFull else { return [] }
    var answered: [ProgramWindow.Entry] = []
    repeat {
      try await step()
      answered += window.takeAnswered()
    } while window.isFull || sides[0].lane.backlog >= ProgramLane.window / 2
    forget(answered)
    return answered
  }

  /// Holds an item that the program is not asked about at its place among the others, for what is said of it.
  func hold(
    _ item: Item, _ key: Key, _ findings: [ProgramWindow.Finding]
  ) async throws -> [ProgramWindow.Entry] {
    _ = window.add(item, key, findings: findings, isAsked: false)
    var answered: [ProgramWindow.Entry] = []
    while window.isFull {
      answered += window.takeAnswered()
      if window.isFull { try await step() }
    }
    forget(answered)
    return answered
  }

  /// Waits for some of what is left; nothing when all is answered.
  func rest() async throws -> [ProgramWindow.Entry] {
    while !window.isEmpty {
      if sides.contains(where: { !$0.lane.isIdle }) { try await step() }
      let answered = window.takeAnswered()
      forget(answered)
      if !answered.isEmpty { return answered }
    }
    return []
  }

  private func forget(_ answered: [ProgramWindow.Entry]) {
    if getCounts.isEmpty { return }
    for entry in answered { getCounts[entry.id] = nil }
  }

  /// Starts the process and ends it again, without an item.
  func tryOut() async throws {
    sides[0].process = try ProgramProcess(command)
    sides[0].process?.send(start)
    try await finish()
  }

  /// Ends the processes, which must exit with status 0.
  func finish() async throws {
    for side in sides.indices where sides[side].process != nil {
      sides[side].process?.send(Array(#"{"type":"end"}"#.utf8))
      sides[side].process?.closeInput()
    }
    let deadline = ContinuousClock.now + .seconds(Self.grace)
    for side in sides.indices {
      guard let process = sides[side].process else { continue }
      while process.end == nil || process.end == .closedOutput {
        try await exchange([process])
        if !process.takeLines().isEmpty { throw ProgramFault.speaksAfterEnd }
        pass(process)
        if ContinuousClock.now > deadline { throw ProgramFault.neverEnds(seconds: Self.grace) }
        try surroundings.checkStop()
        // Without its output there is nothing to wait on but the clock.
        if process.end == .closedOutput { try await Task.sleep(for: .milliseconds(20)) }
      }
      try process.drain()
      if !process.takeLines().isEmpty { throw ProgramFault.speaksAfterEnd }
      if case .notStarted(let reason)? = process.end {
        throw ProgramFault.notStarted(program: command.path, reason: reason)
      }
      if let end = process.end, end != .exited(0) { throw ProgramFault.badEnd(how: end.words) }
    }
    await kill()
  }

  /// Ends the processes at once.
  func kill() async {
    for side in sides.indices {
      guard let process = sides[side].process else { continue }
      sides[side].process = nil
      await process.kill()
      pass(process)
    }
  }

  // MARK: One step

  private func step() async throws {
    try surroundings.checkStop()
    for side in sides.indices { try fill(side) }
    try await exchange(sides.compactMap(\.process))
    for side in sides.indices { try await take(side) }
    try await answerGets()
    for side in sides.indices { try checkTime(side) }
  }

  private func fill(_ side: Int) throws {
    if sides[side].process == nil && !sides[side].lane.isIdle {
      sides[side].process = try ProgramProcess(command)
      sides[side].process?.send(start)
      sides[side].progress = .now
    }
    guard let process = sides[side].process, !process.isFull else { return }
    if sides[side].lane.waiting.isEmpty { sides[side].progress = .now }
    for id in sides[side].lane.take() {
      guard let entry = window[id] else { continue }
      process.send(line(entry))
    }
  }

  private func line(_ entry: ProgramWindow.Entry) -> [UInt8] {
    var bytes = Array(#"{"type":"item","id":\#(entry.id),"table":"#.utf8)
    JSONWriter.appendString(table, to: &bytes)
    bytes += Array(#","item":"#.utf8)
    DynamoDBJSON.append(entry.item, to: &bytes)
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private func exchange(_ processes: [ProgramProcess]) async throws {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      queue.async {
        done.resume(with: Result { try ProgramProcess.exchange(processes, milliseconds: Self.tick) })
      }
    }
  }

  private func take(_ side: Int) async throws {
    guard let process = sides[side].process else { return }
    // What it wrote before it ended counts.
    let end = process.end
    if end != nil { try process.drain() }
    for line in process.takeLines() {
      try take(try ProgramReply(line: line), side)
    }
    pass(process)
    if end != nil, let settled = try await process.settledEnd() { try await restart(side, process, settled) }
  }

  private func take(_ reply: ProgramReply, _ side: Int) throws {
    sides[side].progress = .now
    switch reply {
    case .answer(let id, let answer):
      try sides[side].lane.answered(id)
      try window.answered(id, answer, isProbe: side == 1)
    case .get(let id, let table, let key):
      guard sides[side].lane.isWaiting(id) else { throw sides[side].lane.misplaced(id) }
      getCounts[id, default: 0] += 1
      if getCounts[id, default: 0] > 2 * Self.maximumGets {
        throw ProgramFault.badAnswer(
          key: name(id), reason: "it asks for more than \(Self.maximumGets) items: keep what it reads")
      }
      gets.append(Get(side: side, id: id, table: table, key: key))
    }
  }

  private func restart(_ side: Int, _ process: ProgramProcess, _ end: ProgramProcess.End) async throws {
    sides[side].process = nil
    await process.kill()
    pass(process)
    gets.removeAll { $0.side == side }
    if case .notStarted(let reason) = end {
      throw ProgramFault.notStarted(program: command.path, reason: reason)
    }
    try sides[side].lane.died(end.words, key: name)
    surroundings.say("the program ended (\(end.words)) and is started again")
  }

  private func answerGets() async throws {
    guard !gets.isEmpty else { return }
    let asked = gets
    gets = []
    let items = try await surroundings.items(asked.map { ($0.table, $0.key, name($0.id)) })
    for (get, item) in zip(asked, items) {
      var bytes = Array(#"{"type":"got","id":\#(get.id),"item":"#.utf8)
      bytes += item
      bytes.append(UInt8(ascii: "}"))
      sides[get.side].process?.send(bytes)
      sides[get.side].progress = .now
    }
  }

  private func checkTime(_ side: Int) throws {
    guard !sides[side].lane.waiting.isEmpty else { return }
    guard ContinuousClock.now - sides[side].progress > .seconds(timeout) else { return }
    throw ProgramFault.silent(seconds: timeout, key: sides[side].lane.oldest.map(name))
  }

  private func pass(_ process: ProgramProcess) {
    for line in process.takeLog() { surroundings.say(line) }
  }

  private func name(_ id: Int) -> String { window[id]?.key.description ?? "id \(id)" }
}
