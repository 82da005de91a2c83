import DynamoJournalRunner
import Foundation

/// What the package of a program has, as far as a new migration needs to know.
struct Checkout {
  static let migrationsFolder = "Sources/Migrations"
  private static let sourcesFolder = "Sources"

  /// The folder that holds Package.swift.
  let root: String
  /// The file with the list of migrations, from the root.
  let catalogFile: String
  /// Its source.
  let catalog: String
  /// The module that the migrations are in.
  let module: String
  /// Whether migrations have pages of their own.
  let hasPages: Bool
  /// The sources below `Sources/Migrations`, by file name.
  let migrations: [String: String]
  /// The sources of the package's other modules.
  let modules: [String]

  /// Reads the package in that folder.
  ///
  /// - Throws: `Refusal` where there is none, or where no list has the marked place.
  init(root: String) throws {
    self.root = root
    guard let manifest = try? Self.read(root + "/Package.swift") else {
      throw Refusal(
        "'\(root)' is not a Swift package",
        remedy: "type this in the folder that holds Package.swift and \(Self.migrationsFolder)")
    }
    let sources = try Self.sources(in: root + "/" + Self.sourcesFolder)
    let marked = sources.filter { $0.value.contains("\n    \(NewMigration.mark)\n") }
    guard let list = marked.first, marked.count == 1 else {
      throw Refusal(Self.words(marked.keys.sorted()))
    }
    catalogFile = "\(Self.sourcesFolder)/\(list.key)"
    catalog = list.value
    module = Self.module(manifest)
    hasPages = FileManager.default.fileExists(atPath: root + "/docs/migrations")
    let folder = "Migrations/"
    migrations = Dictionary(
      uniqueKeysWithValues: sources.filter { $0.key.hasPrefix(folder) }
        .map { (String($0.key.dropFirst(folder.count)), $0.value) })
    modules = sources.filter { !$0.key.hasPrefix(folder) }.map(\.value)
  }

  /// The target in `Sources/Migrations`: the one with that path, else the one of that name.
  private static func module(_ manifest: String) -> String {
    let target = /name: *"(\w+)"[^()]*path: *"Sources\/Migrations"/
    let named = /"Migrations": *"(\w+)"/
    return String(
      manifest.firstMatch(of: target)?.1 ?? manifest.firstMatch(of: named)?.1 ?? "Migrations")
  }

  private static func words(_ marked: [String]) -> String {
    marked.isEmpty
      ? "no file below \(sourcesFolder) has the line '\(NewMigration.mark)', so nothing was written: put it behind the last migration of the program's list, then type this again"
      : "\(marked.joined(separator: " and ")) both have the line '\(NewMigration.mark)', so nothing was written: keep it in one of them"
  }

  /// For tests: a checkout that was not read from anywhere.
  init(catalog: String, migrations: [String: String], modules: [String] = []) {
    root = ""
    catalogFile = "Sources/List.swift"
    module = "Migrations"
    hasPages = true
    self.catalog = catalog
    self.migrations = migrations
    self.modules = modules
  }

  /// The path of one of its files.
  func path(_ file: String) -> String { root + "/" + file }

  /// Whether it has a file of that name.
  func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path(file)) }

  private static func read(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private static func sources(in folder: String) throws -> [String: String] {
    do {
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".swift") }
      let pairs = try files.map { ($0, try read("\(folder)/\($0)")) }
      return Dictionary(uniqueKeysWithValues: pairs)
    } catch {
      throw Refusal(
        "the sources below '\(folder)' can't be read (\(error.localizedDescription))",
        remedy: "type this in the folder of a whole package")
    }
  }
}
