import Foundation

/// What can be read once only, copied to a private file that can be read again.
package enum SpooledFile {
  /// Calls `body` with paths of files that can be read twice: pipes and standard input (`-`) are copied, files stay as they are.
  ///
  /// - Throws: `FileError`, or what `body` throws.
  package static func withFiles<Result>(
    _ paths: [String], _ body: ([String]) async throws -> Result
  ) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [String] = []
    var names: [String: String] = [:]
    for path in paths {
      if path == "-" || isStream(path) {
        try copy(path, number: files.count, into: folder, &files)
      } else {
        files.append(path)
      }
    }
    for (file, path) in zip(files, paths) where file != path {
      names[file] = path == "-" ? "standard input" : path
    }
    do { return try await body(files) } catch let error as FileError {
      throw FileError(path: names[error.path] ?? error.path, reason: error.reason)
    }
  }

  private static func isStream(_ path: String) -> Bool {
    FileKind.isOpened(path) && !FileKind.isRegular(path)
  }

  private static func copy(_ path: String, number: Int, into folder: URL, _ files: inout [String]) throws {
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
        path: path,
        reason: "it can't be copied to '\(folder.path)' to be checked first: free some space, or name a file")
    }
    files.append(file)
  }
}
