import ArgumentParser
import Foundation
import DynamoJournalRunner

/// The variables of the environment, over those of the `.env` file.
struct Variables: Sendable {
  /// All of them, by name.
  let values: [String: String]

  /// Reads the environment and the file: the one named, or `.env` where it exists.
  init(file: String?) throws {
    var values: [String: String] = [:]
    if let file {
      values = try EnvironmentFile.read(file)
    } else if FileManager.default.fileExists(atPath: ".env") {
      values = try EnvironmentFile.read(".env")
    }
    self.values = values.merging(ProcessInfo.processInfo.environment) { _, real in real }
  }

  init(_ values: [String: String]) { self.values = values }

  /// The variable's value; an empty one counts as not set.
  subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// A yes or a no; anything but `true`, `false`, `1` and `0` is wrong usage.
  func boolean(_ name: String) throws -> Bool? {
    switch self[name]?.lowercased() {
    case nil: return nil
    case "true", "1": return true
    case "false", "0": return false
    default:
      throw ValidationError(
        "\(name) must be 'true' or 'false' (or 1 or 0); set it to one of these or unset it")
    }
  }
}
