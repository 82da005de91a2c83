import Foundation
import TestSupport

/// A copy of this checkout in a folder of its own, to be changed.
struct CheckoutCopy {
  /// The checkout that the tests were built from.
  static let original = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  /// What `new` writes below.
  private static let folders = ["Sources", "Tests", "docs"]

  let folder: String

  /// Copies what is built and documented; nothing that a build has left behind.
  init(in folder: String) throws {
    self.folder = folder
    for name in ["Package.swift", "schema.sql", "README.md"] + Self.folders {
      try FileManager.default.copyItem(atPath: "\(Self.original)/\(name)", toPath: "\(folder)/\(name)")
    }
  }

  /// Runs `new` in it.
  func new(_ arguments: String...) async throws -> Shell.Outcome {
    try await Product(in: folder).run(["new"] + arguments)
  }

  func read(_ file: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
  }

  func write(_ text: String, to file: String) throws {
    try text.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
  }

  /// Every file that `new` could write, with what stands in it.
  func contents() throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for top in Self.folders {
      for file in try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(top)") {
        contents["\(top)/\(file)"] = FileManager.default.contents(atPath: "\(folder)/\(top)/\(file)")
      }
    }
    return contents
  }
}
