/// What a migration's code was when its author last looked: the files that its plan comes from, and their digest.
///
/// The journal keeps the digest of the code that planned a run, so that `list` can tell when the code has changed since.
/// It is stated, not computed, because a program has no source at hand; a test holds it to the source.
public struct MigrationCode: Hashable, Sendable {
  /// `sha256:` and 64 hexadecimal digits, as `CodeDigest.of` makes it.
  public let digest: String
  /// The files below `Sources/Migrations`: its own, then those of the helpers that its plan depends on.
  public let files: [String]

  /// A migration's code.
  public init(_ digest: String, files: String...) {
    self.digest = digest
    self.files = files
  }
}
