import DynamoJournalFiles
import DynamoJournalProgram
import DynamoJournalRunner
import Foundation

/// The file of a new migration by expressions, made whole or not at all.
struct NewFile {
  /// Its path.
  let path: String
  private let name: MigrationName
  private let folder: String

  /// Decides what is to be written.
  ///
  /// - Throws: `Refusal` for a name or a number that is taken.
  init(_ name: MigrationName, _ finder: MigrationFinder) throws {
    self.name = name
    folder = finder.folder.path
    path = (folder.hasSuffix("/") ? folder : folder + "/") + name.text + ".yaml"
    let taken = finder.catalog.names + finder.folder.entries.map(\.name)
    if taken.contains(name.text) {
      throw Refusal("there is a migration \(name.text) already: take another name")
    }
    if let owner = taken.first(where: { $0.hasPrefix(name.number + "_") }) {
      let numbers = taken.compactMap { $0.contains(/^\d\d_/) ? Int($0.prefix(2)) : nil }
      let next = (numbers.max() ?? 0) + 1
      let advice = next < 100 ? "the next free number is \(next < 10 ? "0" : "")\(next)" : "take another name"
      throw Refusal("the number \(name.number) is taken by \(owner): \(advice)")
    }
  }

  /// Writes it, and the folder where there is none.
  ///
  /// - Throws: `Refusal` for a file that is there, and for a disk that won't take it.
  func write() throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
    } catch let error as CocoaError where error.code == .fileWriteFileExists {
      throw Refusal(
        "there is a file '\(path)' already, so nothing was written: move it away, or take another name")
    } catch {
      throw Refusal(
        "'\(path)' can't be written (\(error.localizedDescription)): make the folder writable, or name another with --migrations"
      )
    }
  }

  /// What it begins with: it can be read as it is, and changes nothing until it is filled in.
  private var text: String {
    """
    name: \(name.text)
    summary: Fill in what it changes, in one line
    table: ${ITEMS_TABLE:-items}
    # Which items: those that are not yet as they shall be, so that a second run finds nothing to do.
    where: attribute_not_exists(plan)
    # What changes in them; 'remove', 'add', 'delete' and 'deleteItem' beside it.
    set: plan = 'free', planSince = $now
    # What must hold for each item afterwards; else there is no plan.
    expect: attribute_type(plan, 'S')

    """
  }
}
