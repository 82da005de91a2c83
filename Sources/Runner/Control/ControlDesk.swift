@preconcurrency import Dispatch
import DynamoJournalEvents
import DynamoJournalTables
import DynamoJournalProgram
import Foundation

/// The side of the process at work: it looks for wishes ten times a second, fulfils and journals them, and writes how the run
/// stands for others to read.
///
/// On a queue of its own, so that a busy or waiting run obeys no later. What is fulfilled holds at once; the answer is given when
/// it stands in the journal. `@unchecked Sendable`: the lock guards every field that changes.
package final class ControlDesk: @unchecked Sendable {
  private static let look = DispatchTimeInterval.milliseconds(100)
  /// Looks between two writings of the status.
  private static let looksPerStatus = 3

  private let folder: ControlFolder
  private let journal: Journal
  private let stop: StopSignal
  private let tell: @Sendable (RunNews) -> Void
  private let queue = DispatchQueue(label: "control", qos: .userInitiated)
  private let jobs: AsyncStream<@Sendable () async -> Void>.Continuation
  private let worker: Task<Void, Never>
  private let lock = NSLock()
  private var status: RunStatus
  private var run: RunHandle?
  private var holds: [HeldDetail.Cause: RunStatus.Hold] = [:]
  private var standing = RunCounts()
  private var failed = 0
  private var window = RateWindow()
  private var looks = 0
  /// Looks for wishes; nil where the folder can't be used.
  private var timer: (any DispatchSourceTimer)?
  /// What is journaled once there is a run.
  private var waiting: [@Sendable (RunHandle) async -> Void] = []

  /// - Parameters:
  ///   - stop: what is paused, paced and stopped.
  ///   - tell: told what is worth telling.
  package init(
    _ journal: Journal, _ stop: StopSignal, by: OperatorAccount, tell: @escaping @Sendable (RunNews) -> Void
  ) {
    folder = ControlFolder(besideJournal: journal.path)
    self.journal = journal
    self.stop = stop
    self.tell = tell
    status = RunStatus(process: getpid(), by: by)
    let (stream, jobs) = AsyncStream<@Sendable () async -> Void>.makeStream()
    self.jobs = jobs
    worker = Task { for await job in stream { await job() } }
  }

  /// Opens the folder and begins to look.
  ///
  /// - Throws: `Refusal` when the folder can't be made: the run goes on all the same, and can't be asked anything.
  package func open() throws {
    try folder.prepare()
    queue.sync { publish() }
    let timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now() + Self.look, repeating: Self.look, leeway: .milliseconds(10))
    timer.setEventHandler { [weak self] in self?.turn() }
    timer.activate()
    lock.withLock { self.timer = timer }
  }

  /// Ends it: what is asked from now on is not heard.
  package func close() async {
    let timer = lock.withLock { self.timer }
    timer?.cancel()
    // A turn under way is waited for.
    if timer != nil { queue.sync {} }
    jobs.finish()
    await worker.value
    guard timer != nil else { return }
    // Whoever asked last still has to read the answer; one who is gone is not waited for.
    for _ in 0..<50 where folder.hasAnswersForTheLiving { try? await Task.sleep(for: .milliseconds(20)) }
    folder.remove()
  }

  /// How the run stands now.
  package var current: RunStatus { lock.withLock { status } }

  // MARK: What the run tells

  /// Takes in which run is worked on.
  package func attach(_ run: RunHandle) {
    lock.withLock {
      self.run = run
      status.run = run.id
      for job in waiting { jobs.yield { await job(run) } }
      waiting = []
    }
    // At once, so that whoever asks finds the run.
    if lock.withLock({ timer != nil }) { queue.async { [weak self] in self?.publish() } }
    news(.started, "run \(run.id) is under way")
  }

  /// Takes in what is going on.
  package func report(_ progress: RunProgress) {
    let isPlanned: Bool = lock.withLock {
      switch progress {
      case .planning: begin(.planning)
      case .read(let items, let changes):
        (status.read, status.counts.planned) = (items, changes)
      case .planned(let summary):
        begin(.planned)
        status.counts.planned = summary.plan.changes
        return true
      case .backingUp: begin(.backingUp)
      case .exporting(_, _, let about): begin(.backingUp, total: about)
      case .exported(let items): status.done += items
      case .standing(let counts): (standing, status.counts) = (counts, counts)
      case .applying(let total): begin(.applying, total: total)
      case .rollingBack(let total): begin(.undoing, total: total)
      case .redoing(let total): begin(.redoing, total: total)
      case .looking: begin(.looking)
      case .advanced(let changes, let failed): advance(changes, failed)
      case .started, .said, .exportingInstead, .backupsOfOneName, .exportPassedOver: break
      }
      return false
    }
    if isPlanned { news(.planned, "planned \(current.counts.planned) changes") }
  }

  /// Takes in what was done over the wire so far.
  package func report(_ statistics: StoreStatistics) {
    lock.withLock { status.cost = TargetCost(statistics) }
  }

  private func begin(_ phase: RunStatus.Phase, total: Int? = nil) {
    if status.phase != phase { status.phaseSince = Timestamp.now() }
    (status.phase, status.total, status.done, failed, window) = (phase, total, 0, 0, RateWindow())
  }

  private func advance(_ changes: Int, _ failed: Int) {
    status.done += changes
    self.failed += failed
    status.counts = standing.after(status.phase, done: status.done, failed: self.failed)
  }

  // MARK: What the run holds for by itself

  /// Holds the run, or says anew why it is held.
  package func hold(_ detail: HeldDetail) {
    let isNew = lock.withLock {
      let known = holds[detail.cause]
      holds[detail.cause] = RunStatus.Hold(detail: detail, since: known?.since ?? Timestamp.now())
      settle()
      return known == nil
    }
    guard isNew else { return }
    journal(.held, detail)
    news(.held, "held: \(detail.message)")
  }

  /// Lets the run go on, as far as that cause is concerned.
  package func release(_ cause: HeldDetail.Cause, _ message: String) {
    let wasHeld = lock.withLock {
      guard holds.removeValue(forKey: cause) != nil else { return false }
      settle()
      return true
    }
    guard wasHeld else { return }
    journal(.released, HeldDetail(cause: cause, message: message))
    news(.continued, "goes on: \(message)")
  }

  /// Brings what holds and paces the run in line with what is known.
  private func settle() {
    status.hold = holds[.command] ?? holds[.throttles] ?? holds[.errors]
    stop.control.setShut(status.pause != nil || holds[.command] != nil)
    stop.control.setBeginsNothing(holds[.throttles] != nil || holds[.errors] != nil)
  }

  // MARK: What is asked

  private func turn() {
    // Before there is a run, nothing can be journaled of it.
    if lock.withLock({ run != nil }) {
      for taken in folder.takeWishes() { hear(taken) }
    }
    looks += 1
    if looks % Self.looksPerStatus == 0 { publish() }
  }

  private func publish() {
    let status = lock.withLock {
      let pace = stop.control.pace
      (self.status.maxWriteUnits, self.status.concurrency) = (pace.writeUnits, pace.concurrency)
      if self.status.total != nil {
        window.add(self.status.done, at: ProcessInfo.processInfo.systemUptime)
        self.status.rate = window.rate
      } else {
        self.status.rate = nil
      }
      self.status.at = Timestamp.now()
      return self.status
    }
    // A disk that is full stops the run by itself; that nobody can watch it meanwhile does not.
    try? folder.write(status)
  }

  private func hear(_ taken: ControlFolder.Taken) {
    let wish = taken.wish
    let (decision, pace) = lock.withLock {
      let pace = stop.control.pace
      (status.maxWriteUnits, status.concurrency) = (pace.writeUnits, pace.concurrency)
      return (ControlDecision.of(wish, status, isStopping: stop.isRequested), wish.pace(after: pace))
    }
    switch decision {
    case .leave(let answer): folder.answer(taken, answer)
    case .stop:
      stop.request(by: AskedDetail(by: wish.by, reason: wish.reason))
      folder.answer(
        taken,
        ControlAnswer(
          .done, "run \(wish.run) stops: what is under way is finished and journaled",
          remedy: "go on later with '\(Program.command("resume \(wish.run)"))'"))
    case .fulfil(let kind):
      fulfil(kind, wish, pace)
      journal(kind, wish, pace) { [folder] in folder.answer(taken, $0) }
      publish()
    }
  }

  private func fulfil(_ kind: EventKind, _ wish: ControlWish, _ pace: WorkControl.Pace) {
    if kind == .paced { return stop.control.setPace(pace) }
    let asked = AskedDetail(by: wish.by, reason: wish.reason)
    lock.withLock {
      status.pause = kind == .paused ? RunStatus.Pause(asked: asked, since: Timestamp.now()) : nil
      settle()
    }
    let words = wish.by.name + (wish.reason.map { " (\($0))" } ?? "")
    news(kind == .paused ? .held : .continued, (kind == .paused ? "paused by " : "continued by ") + words)
  }

  private func journal(
    _ kind: EventKind, _ wish: ControlWish, _ pace: WorkControl.Pace,
    _ answer: @escaping @Sendable (ControlAnswer) -> Void
  ) {
    let done: String
    switch kind {
    case .paused:
      done =
        "run \(wish.run) is paused: it keeps its guard, and nothing is sent until '\(Program.command("continue \(wish.run)"))'"
    case .continued: done = "run \(wish.run) goes on"
    default: done = "run \(wish.run) keeps to another pace: \(pace.words)"
    }
    let asked = AskedDetail(by: wish.by, reason: wish.reason)
    let paced = PacedDetail(
      by: wish.by, reason: wish.reason, maxWriteUnits: pace.writeUnits, concurrency: pace.concurrency)
    append({ kind == .paced ? try EventDraft(kind, paced) : try EventDraft(kind, asked) }) { error in
      answer(
        error.map {
          ControlAnswer(.refused, "it is so until the process ends, but it could not be journaled (\($0))")
        } ?? ControlAnswer(.done, done))
    }
  }

  private func journal(_ kind: EventKind, _ detail: HeldDetail) {
    // A journal that can't be written stops the run at its own next event, in words.
    append({ try EventDraft(kind, detail) }) { _ in }
  }

  /// Appends an event behind those that were to be appended before.
  private func append(
    _ draft: @escaping @Sendable () throws -> EventDraft,
    _ done: @escaping @Sendable ((any Error)?) -> Void
  ) {
    let job: @Sendable (RunHandle) async -> Void = { [journal] run in
      do {
        try await journal.append([try draft()], run: run.number)
        done(nil)
      } catch { done(error) }
    }
    lock.withLock {
      if let run { jobs.yield { await job(run) } } else { waiting.append(job) }
    }
  }

  private func news(_ event: RunNews.Event, _ message: String) {
    tell(RunNews(event, message, at: Timestamp.now(), current))
  }
}
