import ArgumentParser
import DynamoJournalRunner

/// The options that the program's migrations declare, as flags of `run`.
///
/// Which there are is known only when the program has begun, so they are no stored properties: the parser finds what it
/// parses by a mirror, and the mirror shows a flag for each. The parser then does for them what it does for all options:
/// help, completions, and the nearest one for one that it does not know.
struct DeclaredOptions: ParsableArguments, CustomReflectable {
  private var typed: [String] = []

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    typed = try DeclaredOption.all.map(\.option.name).filter { name in
      try Name(stringValue: name).map { try container.decode(Flag<Bool>.self, forKey: $0).wrappedValue }
        ?? false
    }
  }

  var customMirror: Mirror {
    let children = DeclaredOption.all.map { (label: Optional($0.option.name), value: $0.flag as Any) }
    return Mirror(self, children: children, displayStyle: .struct)
  }

  /// The options that are on; one that the migration does not understand is wrong usage.
  func options(of migration: any Migration) throws -> Set<MigrationOption> {
    let known = migration.options
    if let foreign = typed.first(where: { name in !known.contains { $0.name == name } }) {
      throw ValidationError("\(migration.name) has no option \(foreign): leave it out")
    }
    return Set(known.filter { typed.contains($0.name) })
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// An option with the migrations that declare it.
struct DeclaredOption {
  let option: MigrationOption
  private var migrations: [String]

  /// Each option once, in the order in which the migrations declare them.
  static var all: [DeclaredOption] {
    CommandCatalog.current.migrations.reduce(into: []) { all, migration in
      for option in migration.options {
        if let index = all.firstIndex(where: { $0.option == option }) {
          all[index].migrations.append(migration.name)
        } else {
          all.append(DeclaredOption(option: option, migrations: [migration.name]))
        }
      }
    }
  }

  /// As the parser takes it.
  var flag: Flag<Bool> {
    let help = ArgumentHelp("\(migrations.joined(separator: ", ")): \(option.help)")
    return Flag(wrappedValue: false, name: .customLong(String(option.name.dropFirst(2))), help: help)
  }
}
