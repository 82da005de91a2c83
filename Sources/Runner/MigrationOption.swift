/// An option that a migration understands beside those of every run: on when it is typed.
public struct MigrationOption: Hashable, Sendable {
  /// As it is typed, and as the journal keeps it: `--create-target`.
  public let name: String
  /// What it does, for `run --help`: a sentence.
  public let help: String

  /// An option.
  ///
  /// - Parameter name: words in lower case with hyphens between them, without the two in front: `create-target`.
  public init(_ name: String, help: String) {
    self.name = "--" + name
    self.help = help
  }

  /// Options are the same when they are typed the same.
  public static func == (left: MigrationOption, right: MigrationOption) -> Bool { left.name == right.name }

  /// By the name alone.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
