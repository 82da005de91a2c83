import Foundation
import DynamoJournalRunner

/// Writes a new migration into a checkout: all of it or nothing.
struct CheckoutWriter {
  let checkout: Checkout

  /// Writes the files, each at once, and the catalog last.
  ///
  /// - Throws: `Refusal` for a file that exists, a folder that does not, or a disk that won't take them; what had been
  ///   written by then is removed.
  func write(_ migration: NewMigration) throws {
    try check(migration)
    var made: [String] = []
    do {
      for file in migration.files + [migration.catalog] {
        try Data(file.text.utf8).write(to: URL(fileURLWithPath: checkout.path(file.path)), options: .atomic)
        if file != migration.catalog { made.append(file.path) }
      }
    } catch {
      let left = made.filter { (try? FileManager.default.removeItem(atPath: checkout.path($0))) == nil }
      let state =
        left.isEmpty ? "so nothing was made" : "and \(left.joined(separator: ", ")) is left behind: remove it"
      throw Refusal("the migration can't be written (\(error.localizedDescription)), \(state)")
    }
  }

  private func check(_ migration: NewMigration) throws {
    if let existing = migration.files.first(where: { checkout.has($0.path) }) {
      throw Refusal(
        "there is a file '\(existing.path)' already, so nothing was written",
        remedy: "move it away, or take another name")
    }
    for file in migration.files + [migration.catalog] {
      let folder = (file.path as NSString).deletingLastPathComponent
      guard FileManager.default.isWritableFile(atPath: checkout.path(folder)) else {
        throw Refusal(
          "the folder '\(folder)' is missing or can't be written, so nothing was",
          remedy: "type this in the folder of a whole package")
      }
    }
  }
}
