import Foundation

/// Files that `ssh-keygen` takes by name, in a folder that only we may read and that is removed afterwards.
struct TemporaryFiles {
  private let folder: String

  static func with<Value>(_ body: (TemporaryFiles) async throws -> Value) async throws -> Value {
    switch Platform.makeTemporaryFolder() {
    case .failure(let reason): throw SSHSignatureError.noTemporaryFile(reason: reason.text)
    case .success(let folder):
      // What can't be removed holds public things only: texts that are signed, signatures, public keys.
      defer { try? FileManager.default.removeItem(atPath: folder) }
      return try await body(TemporaryFiles(folder: folder))
    }
  }

  /// Writes a file and returns its path.
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = folder + "/" + name
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    } catch {
      throw SSHSignatureError.noTemporaryFile(reason: "writing to '\(folder)' failed")
    }
    return path
  }
}
