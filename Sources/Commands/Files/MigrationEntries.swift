import DynamoJournalProgram
import DynamoJournalFiles
import DynamoJournalReports
import DynamoJournalRunner

/// All migrations in their order: those of the program as it has them, and each file behind the last one whose name comes before
/// its own.
struct MigrationEntries {
  /// The migrations.
  private(set) var entries: [MigrationStatus.Entry]
  /// What is wrong with files, a sentence each.
  private(set) var problems: [String] = []

  init(_ finder: MigrationFinder) {
    entries = finder.catalog.migrations.map {
      MigrationStatus.Entry(
        name: $0.name, summary: $0.summary, version: $0.version, codeDigest: $0.code.digest)
    }
    for file in finder.folder.entries { add(file, finder) }
  }

  private func place(of name: String) -> Int {
    if let before = entries.lastIndex(where: { $0.name < name }) { return before + 1 }
    // What has no number has no place either, and stands where the program has it.
    return entries.firstIndex { $0.name.first?.isNumber == true } ?? 0
  }

  private mutating func add(_ file: MigrationFolder.Entry, _ finder: MigrationFinder) {
    var summary = "can't be read"
    var digest = MigrationFile.digest(of: file.path)
    do {
      if case .file(let found) = try finder.find(file.name) {
        summary = found.definition.summary
        // The digest of one with a program is over the program's files, too.
        if found.definition.program != nil {
          let made = try found.migration(variables: [:], parameters: [:])
          digest = try ProgramFileMigration.migration(made).code.digest
        }
      }
    } catch { problems.append(Ending.explanation(error).description) }
    // A name that stands here already is told of as a problem.
    guard !entries.contains(where: { $0.name == file.name }) else { return }
    let entry = MigrationStatus.Entry(
      name: file.name, summary: summary, version: 1, codeDigest: digest ?? "-")
    entries.insert(entry, at: place(of: file.name))
  }
}
