import DynamoJournalProgram
import Foundation

/// Runs `body` with the path of a new folder, which is removed afterwards.
package func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = try makeTemporaryFolder()
  defer { removeFolder(folder) }
  return try body(folder)
}

/// Runs `body` with the path of a new folder, which is removed afterwards.
package func withTemporaryFolder<Result>(
  _ body: (String) async throws -> Result
) async throws -> Result {
  let folder = try makeTemporaryFolder()
  defer { removeFolder(folder) }
  return try await body(folder)
}

private func makeTemporaryFolder() throws -> String {
  let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("\(Program.name)-test-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  return path
}

private func removeFolder(_ path: String) {
  do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(path): \(error)") }
}
