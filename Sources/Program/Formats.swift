/// Names that stand in files, signatures and tables.
///
/// They are those of the formats, not of the program that writes them: two programs that keep to one format, or to one table
/// of guards, understand each other only while these stay as they are.
package enum Formats {
  /// The library that the formats are from.
  package static let library = "sparta-journal"
  /// Its version.
  package static let version = "0.1.0"
  /// The namespace of signatures (`ssh-keygen -Y sign -n`).
  package static let signatureNamespace = library
  /// The first line of what an approval signs.
  package static let approvalTitle = library + " plan approval, version 1"
  /// What the origin of a checkpoint begins with.
  package static let checkpointOrigin = library + "/"
  /// The table of guards, unless another is named.
  package static let guardTable = library + "-guard"
  /// What the name of every backup begins with that no cloud has made.
  package static let backupPrefix = "arn:sparta:"
}
