import Foundation

/// A value that is reached under a lock only.
///
/// Over NSLock, since ThreadSanitizer reports `Synchronization.Mutex` falsely on Linux.
///
/// `@unchecked Sendable`: the value is private and each access holds the lock.
final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  /// Runs `body` with the lock held: no waiting and no call back into the owner in there.
  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body(&value)
  }
}
