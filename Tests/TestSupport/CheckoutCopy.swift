import Foundation

/// A copy of this checkout in a folder of its own, to be changed.
package struct CheckoutCopy: Sendable {
  /// The checkout that the tests were built from.
  package static let original = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  /// What a new migration is written below.
  private static let folders = ["Sources", "Tests", "docs"]

  /// The copy's root.
  package let folder: String

  /// Copies what is built and documented; nothing that a build has left behind.
  package init(in folder: String) throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["Package.swift", "schema.sql", "README.md", ".swift-format", "Examples"] + Self.folders {
      try FileManager.default.copyItem(atPath: "\(Self.original)/\(name)", toPath: "\(folder)/\(name)")
    }
  }

  /// The text of a file.
  package func read(_ file: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
  }

  /// Puts a text into a file.
  package func write(_ text: String, to file: String) throws {
    try text.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
  }

  /// Every file that a new migration could touch, with what stands in it.
  package func contents() throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for top in Self.folders {
      for file in try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(top)") {
        contents["\(top)/\(file)"] = FileManager.default.contents(atPath: "\(folder)/\(top)/\(file)")
      }
    }
    return contents
  }
}
