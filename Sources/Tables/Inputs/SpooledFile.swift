import Foundation

/// What can be read once only, copied to a private file that can be read again.
package enum SpooledFile {
  /// What standard input is called.
  package static let standardInput = "standard input"

  /// Calls `body` with files that can be read twice: pipes and standard input (`-`) are copied, files stay as they are.
  ///
  /// - Throws: `FileError`, or what `body` throws.
  package static func withFiles<Result>(
    _ paths: [ItemFile], _ body: ([ItemFile]) async throws -> Result
  ) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [ItemFile] = []
    for file in paths {
      guard file.path == "-" || isStream(file.path) else {
        files.append(file)
        continue
      }
      let copy = try copy(file.path, number: files.count, into: folder)
      files.append(ItemFile(path: copy, name: file.path == "-" ? standardInput : file.path))
    }
    return try await body(files)
  }

  private static func isStream(_ path: String) -> Bool {
    FileKind.isOpened(path) && !FileKind.isRegular(path)
  }

  private static func copy(_ path: String, number: Int, into folder: URL) throws -> String {
    let manager = FileManager.default
    let file = folder.appendingPathComponent("\(number)").path
    do {
      try manager.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      guard manager.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]),
        let output = FileHandle(forWritingAtPath: file),
        let input = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
      else { throw CocoaError(.fileWriteUnknown) }
      while let piece = try input.read(upToCount: 1 << 20), !piece.isEmpty {
        try output.write(contentsOf: piece)
      }
      try output.close()
    } catch {
      throw FileError(
        path: path, reason: "it can't be copied to '\(folder.path)' to be checked first",
        remedy: "free some space, or name a file")
    }
    return file
  }
}
