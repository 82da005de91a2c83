import DynamoJournalRunner
import DynamoJournalTables

/// The embedded store that a run was started on, as its journal has it.
struct RecordedTarget {
  /// Which store it is.
  let identity: TargetIdentity
  /// Where its file was: absolute, and without links on the way.
  let location: String
  /// As it was named then, such as `local:tables.sqlite`.
  let name: String

  /// The path to open, from whatever folder this is typed in.
  ///
  /// That of a store that somebody names now, if it has the same id; else the recorded one, if the store is still there.
  ///
  /// - Parameter named: the path in `--target local:PATH`; nil when there is no `--target`.
  /// - Throws: `Refusal` that names the paths and what to type, `StoreError`.
  func path(named: String?) throws -> String {
    let path = named ?? location
    return try choose(path, found: try EmbeddedStore.identity(ofFileAt: path), isNamed: named != nil)
  }

  /// The decision, apart from looking.
  ///
  /// - Parameter found: the identity of the file at `path`; nil when there is none.
  func choose(_ path: String, found: TargetIdentity?, isNamed: Bool) throws(Refusal) -> String {
    if let found, found.difference(from: identity) == nil { return path }
    let run = "the run was started on '\(name)' in '\(location)'"
    let remedy = "name the run's store where it is now, with --target local:PATH"
    let found = found.map { "is \($0.difference(from: identity) ?? "")" } ?? "is not there"
    if isNamed {
      throw Refusal(
        "\(run), and '\(path)' \(found); nothing was written",
        remedy: remedy)
    }
    throw Refusal(
      "\(run), and what was there \(found); nothing was written",
      remedy: remedy)
  }
}
