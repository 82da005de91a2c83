import DynamoJournalEvents
import DynamoJournalRunner

/// All that a new migration adds to a checkout. Made whole before anything is written.
struct NewMigration {
  /// A file with what is to stand in it.
  struct File: Hashable {
    /// From the root of the checkout.
    let path: String
    let text: String
  }

  /// The marked place in the catalog.
  static let mark = "// `new` adds the next migration above this line."

  /// The files to make.
  let files: [File]
  /// The catalog with the new migration in it.
  let catalog: File

  /// What is to be written, as it is.
  init(files: [File], catalog: File) {
    self.files = files
    self.catalog = catalog
  }

  /// Decides what is to be written.
  ///
  /// - Throws: `Refusal` for a number, a name or a type that is taken, and for a catalog without its marked place.
  init(_ name: MigrationName, in checkout: Checkout) throws {
    let known = KnownMigrations(checkout.migrations)
    try known.requireFree(name)
    try Self.requireFree(type: name.type, of: name, in: Array(checkout.migrations.values) + checkout.modules)
    catalog = File(
      path: checkout.catalogFile,
      text: try Self.catalog(checkout.catalog, adding: name.type, before: known.type(after: name)))
    var files = [
      File(path: name.migrationFile, text: MigrationTemplate.migration(name)),
      File(path: name.testFile, text: MigrationTemplate.test(name, module: checkout.module)),
    ]
    if checkout.hasPages { files.append(File(path: name.page, text: MigrationTemplate.page(name))) }
    self.files = files
  }

  /// The catalog with one more migration: in the order of the numbers, at the marked place where it is the last.
  ///
  /// - Parameter next: the type of the migration with the next higher number, or nil when there is none.
  static func catalog(_ source: String, adding type: String, before next: String?) throws -> String {
    var lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let place = lines.firstIndex(where: { $0.trimmed == mark }) else {
      throw Refusal(
        "the list of migrations has no line '\(mark)', so nothing was written",
        remedy: "put it back behind the last migration of the list, then type this again")
    }
    let index = next.flatMap { next in lines[..<place].lastIndex { $0.trimmed == "\(next)()," } } ?? place
    lines.insert(lines[place].prefix { $0 == " " } + "\(type)(),", at: index)
    return lines.joined(separator: "\n")
  }

  /// A type of that name anywhere in sight would be another one, or hide it.
  private static func requireFree(type: String, of name: MigrationName, in sources: [String]) throws {
    let declaration = try Regex("(?m)^ *[a-z ]*(struct|enum|class|actor|protocol|typealias) \(type)\\b")
    guard sources.contains(where: { $0.contains(declaration) }) else { return }
    throw Refusal(
      "the name '\(name.text)' is taken (its type would be \(type), and there is one already)",
      remedy: "take another name")
  }
}

/// The migrations of a checkout, by what their files are called and what they say.
struct KnownMigrations {
  /// Their names, sorted.
  let names: [String]
  private let types: [String: String]

  init(_ sources: [String: String]) {
    var types: [String: String] = [:]
    for source in sources.values {
      guard let name = source.firstMatch(of: /let name = "([^"\\]+)"/)?.1,
        let type = source.firstMatch(of: /struct (\w+): Migration\b/)?.1
      else { continue }
      types[String(name)] = String(type)
    }
    for file in sources.keys where file.contains(/^\d\d_/) {
      let name = String(file.dropLast(".swift".count))
      if types[name] == nil { types[name] = "" }
    }
    self.types = types
    names = types.keys.sorted()
  }

  /// Refuses a number or a name that is taken.
  func requireFree(_ name: MigrationName) throws {
    if names.contains(name.text) {
      throw Refusal(
        "there is a migration \(name.text) already",
        remedy: "\(advice)")
    }
    if let owner = names.first(where: { $0.hasPrefix(name.number + "_") }) {
      throw Refusal(
        "the number \(name.number) is taken by \(owner)",
        remedy: "\(advice)")
    }
    if let owner = names.first(where: { $0.drop { $0.isNumber || $0 == "_" } == name.title }) {
      throw Refusal(
        "the name '\(name.title)' is taken by \(owner)",
        remedy: "take another name")
    }
  }

  /// The first number behind those that are taken; nil when there is none left.
  var nextNumber: String? {
    let taken = names.compactMap { $0.contains(/^\d\d_/) ? Int($0.prefix(2)) : nil }
    guard let next = taken.max().map({ $0 + 1 }) ?? 0 as Int?, next < 100 else { return nil }
    return next < 10 ? "0\(next)" : String(next)
  }

  private var advice: String {
    nextNumber.map { "the next free number is \($0)" } ?? "no number up to 99 is free behind the last one"
  }

  /// The type of the migration with the next higher number.
  func type(after name: MigrationName) -> String? {
    names.first { $0.contains(/^\d\d_/) && $0 > name.text }.flatMap { types[$0] }
  }
}

extension String {
  /// Without white space at either end.
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
