import DynamoJournalExports
import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables
import Foundation

/// The part of an import that only reads: Ctrl-C ends the program there at once, since nothing is written that it would have to
/// tell of. The lock guards the one field, hence the unchecked conformance.
final class ReadingPhase: @unchecked Sendable {
  private let lock = NSLock()
  private var isOver = false
  private var signals: Signals?

  /// Begins to listen, and never ends: between two listeners a Ctrl-C would be lost.
  init() {
    signals = Signals(StopSignal(), isSilent: true) { [weak self] in
      guard let self, !lock.withLock({ self.isOver }) else { return }
      Console.error("stopped; nothing was written: type the command again")
      exit(ExitStatus.interrupted.rawValue)
    }
  }

  /// Leaves Ctrl-C to what comes next, which listens by then.
  func end() { lock.withLock { isOver = true } }
}

/// The files that the arguments of an import name.
enum ImportInputs {
  /// Files as they are; the folder of an export is its files, once they are what its manifest says.
  ///
  /// - Throws: `FileError`.
  static func files(_ paths: [String]) throws -> [ItemFile] { try paths.flatMap(files) }

  private static func files(_ path: String) throws(FileError) -> [ItemFile] {
    if let folder = try S3Export.folder(path) { return try S3Export(folder: folder).files }
    guard FileKind.isFolder(path) else { return [ItemFile(path: path)] }
    // One of this program's own, as `--backup export` writes it.
    if let export = try? TableExport(path: path) {
      try export.verify()
      return [ItemFile(path: export.itemsPath, items: export.manifest.items)]
    }
    let inside = (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? []
    let example = inside.first { $0.hasSuffix(".gz") || $0.hasSuffix(".jsonl") || $0.hasSuffix(".json") }
    throw FileError(
      path: path, reason: "it is a folder without the manifest of an export (manifest-summary.json)",
      remedy: "name the files in it" + (example.map { ", such as \(ShellWord.text(path + "/" + $0))" } ?? ""))
  }

  /// What is strange about files, and yet no reason to refuse them.
  static func warnings(_ contents: ItemImport.Contents) -> [String] {
    var lines = contents.cutOff.map {
      "warning: '\($0)' is not all of its table: its last page names another one (NextToken or LastEvaluatedKey)"
    }
    if contents.repeats > 0 {
      let words = contents.repeats == 1 ? "1 item stands" : "\(contents.repeats) items stand"
      lines.append("warning: \(words) in the files more than once, the same each time; each key counts once")
    }
    return lines
  }
}
