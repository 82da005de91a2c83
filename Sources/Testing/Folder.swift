import Foundation

/// Folders for tests.
public enum Folder {
  /// Makes a folder and those above it.
  public static func make(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
}
