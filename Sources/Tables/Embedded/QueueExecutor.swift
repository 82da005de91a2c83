import Dispatch

/// Runs an actor's jobs one after another on a queue of its own.
///
/// SQLite blocks while it syncs to disk or waits for another process's lock; on Swift's cooperative pool, which has one thread a
/// core, that would hold up everything else.
final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
