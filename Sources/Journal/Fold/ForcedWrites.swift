/// What forced writes of rollbacks and redos have put over what others had written, by change: the events that hold what
/// was there, in order.
///
/// A turn takes back what the one before it did: a redo puts back what a rollback wrote over, and a rollback what a redo
/// wrote over. After that the item is what it was before, and what was a conflict then is one again.
struct ForcedWrites: Hashable, Sendable {
  private struct Write: Hashable, Sendable {
    let event: Int64
    let isRedo: Bool
  }

  private var writes: [Int: [Write]] = [:]

  /// The event whose write is to be taken back; nil where the change itself is.
  func toTakeBack(of change: Int, byRedo isRedo: Bool) -> Int64? {
    guard let last = writes[change]?.last(where: { $0.isRedo != isRedo }) else { return nil }
    return last.event
  }

  /// The event of a write in this direction that was made or begun.
  func made(on change: Int, byRedo isRedo: Bool) -> Int64? {
    writes[change]?.last.flatMap { $0.isRedo == isRedo ? $0.event : nil }
  }

  /// A write is about to be made.
  mutating func begin(_ event: Int64, on change: Int, byRedo isRedo: Bool) {
    drop(change, isRedo)
    writes[change, default: []].append(Write(event: event, isRedo: isRedo))
  }

  /// The change was undone or redone.
  ///
  /// - Parameter event: what was written over; nil for a plain write, before which nothing was.
  mutating func end(_ change: Int, byRedo isRedo: Bool, overwrote event: Int64?) {
    guard let event else {
      drop(change, isRedo)
      return drop(change, !isRedo)
    }
    begin(event, on: change, byRedo: isRedo)
  }

  /// Forgets the last write where it is in that direction.
  private mutating func drop(_ change: Int, _ isRedo: Bool) {
    guard writes[change]?.last?.isRedo == isRedo else { return }
    writes[change]?.removeLast()
    if writes[change]?.isEmpty == true { writes[change] = nil }
  }
}
