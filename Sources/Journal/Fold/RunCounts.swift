/// How many changes of a run are in which state.
///
/// `planned` counts all; each of them is applied, not made, in doubt or pending. `compensated` counts those of the
/// applied that were undone again, and `failed` those that were not made together with those that could not be undone or
/// redone.
public struct RunCounts: Codable, Hashable, Sendable {
  /// All changes of the plan.
  public var planned = 0
  /// In the tables, or undone again.
  public var applied = 0
  /// Not made, not undone or not redone: refused, or somebody else had changed the item.
  public var failed = 0
  /// May or may not have been made; `resume` finds out.
  public var inDoubt = 0
  /// Undone.
  public var compensated = 0
  /// Findings.
  public var notes = 0
  /// Not sent yet.
  public var pending = 0

  /// All zero.
  public init() {}
}
