import DynamoJournalProgram
import Foundation
import SpartaJournal

/// A program that runs migrations, with every command that there is.
///
/// It is written in ten lines:
/// ```swift
/// @main struct AcmeMigrate: MigrationProgram {
///   static let name = "acme-migrate"
///   static let migrations: [any Migration] = [BackfillEmail(), RekeyOrders()]
/// }
/// ```
/// The first word of the name is also that of its variables (`ACME_TARGET`, `ACME_JOURNAL`) and of the folder in which
/// it keeps journal and tables (`.acme`).
public protocol MigrationProgram {
  /// The name as it is typed, and as every message, the help and the journal say it.
  static var name: String { get }
  /// The version that `--version` prints and the journal keeps; the library's own unless it is given.
  static var version: String { get }
  /// The migrations, in the order in which they are meant to be run.
  static var migrations: [any Migration] { get }
}

extension MigrationProgram {
  /// The library's own.
  public static var version: String { Formats.version }

  /// Parses the command line, runs a command, and ends the process with that command's exit code.
  public static func main() async {
    Program.begin(Program(name: name, version: version))
    CommandCatalog.begin(Catalog(migrations))
    if let flaw = CommandCatalog.current.flaw {
      Console.error("this program is put together wrongly: \(flaw)")
      exit(ExitStatus.bug.rawValue)
    }
    await RootCommand.runProgram()
  }
}

/// The migrations of this process's program.
enum CommandCatalog {
  // Written once, by `begin`, before there is a second thread; read from any.
  private(set) nonisolated(unsafe) static var current = Catalog([])

  /// Says which migrations there are: before the command line is parsed, since they have options of their own.
  static func begin(_ catalog: Catalog) { current = catalog }
}
