/// Between libcurl and the reader of an `HTTPStream`: holds at most `capacity` bytes, then pauses the transfer.
final class BufferingSink: ReplySink {
  private typealias Reader = CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>

  private struct State {
    var buffer: [UInt8] = []
    var isPaused = false
    var end: Result<Void, HTTPError>?
    var headWaiter: CheckedContinuation<Result<ReplyFacts, HTTPError>?, Never>?
    var readers = Queue<Reader>()
    var largestBuffer = 0
  }

  private let capacity: Int
  private let state = Locked(State())

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Whether the transfer stands still until something is read.
  var isPaused: Bool { state.withLock { $0.isPaused } }

  /// The most that was ever buffered, in bytes.
  var largestBuffer: Int { state.withLock { $0.largestBuffer } }

  func headArrived(_ facts: ReplyFacts) {
    setHead(.success(facts))
  }

  func accept(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var reader: Reader?
    let isTaken = state.withLock { state in
      // Readers wait only while nothing is buffered.
      reader = state.readers.popFirst()
      if reader != nil { return true }
      // A piece alone is always taken, however small the capacity: libcurl's are at most 16 KiB.
      guard state.buffer.isEmpty || state.buffer.count + bytes.count <= capacity else {
        state.isPaused = true
        return false
      }
      state.buffer.append(contentsOf: bytes)
      state.largestBuffer = max(state.largestBuffer, state.buffer.count)
      return true
    }
    reader?.resume(returning: .success(Array(bytes)))
    return isTaken
  }

  func ended(_ result: Result<ReplyFacts, HTTPError>) {
    setHead(result)
    let end = result.map { _ in }
    let readers = state.withLock { state in
      state.end = end
      return state.readers.removeAll()
    }
    for reader in readers { reader.resume(returning: end.map { nil }) }
  }

  private func setHead(_ head: Result<ReplyFacts, HTTPError>) {
    let waiter = state.withLock { state in
      defer { state.headWaiter = nil }
      return state.headWaiter
    }
    waiter?.resume(returning: head)
  }
}

// MARK: For the reader

extension BufferingSink {
  /// The final head.
  ///
  /// `start` posts the transfer, false if the client is shut down.
  func head(start: () -> Bool) async -> Result<ReplyFacts, HTTPError>? {
    await withCheckedContinuation { (waiter: CheckedContinuation<Result<ReplyFacts, HTTPError>?, Never>) in
      state.withLock { $0.headWaiter = waiter }
      if !start() { giveUpOnHead() }
    }
  }

  private func giveUpOnHead() {
    let waiter = state.withLock { state in
      defer { state.headWaiter = nil }
      return state.headWaiter
    }
    waiter?.resume(returning: nil)
  }

  /// All that is buffered, or nil at the end.
  ///
  /// `resume` is called if the transfer was paused for want of room.
  func read(resume: () -> Void) async -> Result<[UInt8]?, HTTPError> {
    await withCheckedContinuation { reader in
      var wasPaused = false
      let answer: Result<[UInt8]?, HTTPError>? = state.withLock { state in
        guard state.buffer.isEmpty else {
          defer { (state.buffer, wasPaused, state.isPaused) = ([], state.isPaused, false) }
          return .success(state.buffer)
        }
        if let end = state.end { return end.map { nil } }
        state.readers.append(reader)
        return nil
      }
      if wasPaused { resume() }
      if let answer { reader.resume(returning: answer) }
    }
  }
}
