import ArgumentParser
import DynamoJournalJSON
import DynamoJournalRunner
import DynamoJournalTables
import Foundation

/// `tables export`
struct TablesExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a table's items as DynamoDB JSON lines to standard output.",
    discussion:
      "Items come in the table's own order, in canonical form: sorted, two exports can be compared byte by byte."
  )
  @OptionGroup var common: CommonOptions
  @Argument(help: "The table's name.") var table: String

  /// A shell makes files that anybody may read unless it is told otherwise, and what comes now is the items.
  private func warnOfReaders() {
    var facts = stat()
    guard fstat(STDOUT_FILENO, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG,
      facts.st_mode & (S_IRGRP | S_IROTH) != 0
    else { return }
    Console.say(
      "warning: other users can read the file that the items are written to: chmod go-rwx it, or type 'umask 077' first"
    )
  }

  func run() async throws {
    let store = try await common.open(common.variables(), creating: false).store
    _ = try await TableOutput.require(table, in: store)
    if !common.quiet { warnOfReaders() }
    try await TableReader(store).forEachPage(of: table) { items in
      var bytes: [UInt8] = []
      for item in items {
        bytes += Array(#"{"Item":"#.utf8)
        DynamoDBJSON.append(item, to: &bytes)
        bytes += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
      }
      Console.answer(bytes: bytes)
      return true
    }
  }
}
