import Foundation

/// Folders for tests.
package enum Folder {
  /// Makes a folder and those above it.
  package static func make(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
}
