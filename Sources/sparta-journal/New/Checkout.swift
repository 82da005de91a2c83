import Foundation
import Runner

/// What a checkout of this project has, as far as a new migration needs to know.
struct Checkout {
  static let catalogFile = "Sources/Migrations/Catalog.swift"
  static let migrationsFolder = "Sources/Migrations"
  private static let sourcesFolder = "Sources"

  /// The folder that holds Package.swift.
  let root: String
  /// The source of the catalog.
  let catalog: String
  /// The sources below `Sources/Migrations`, by file name.
  let migrations: [String: String]
  /// The sources of all modules that a migration imports.
  let modules: [String]

  /// Reads the checkout in that folder.
  ///
  /// - Throws: `Refusal` where there is none.
  init(root: String) throws {
    self.root = root
    guard let manifest = try? Self.read(root + "/Package.swift"),
      manifest.contains(#"name: "sparta-journal""#),
      let catalog = try? Self.read(root + "/" + Self.catalogFile)
    else {
      throw Refusal(
        "'\(root)' is no checkout of sparta-journal: type this in the folder of a clone that holds Package.swift and \(Self.migrationsFolder)"
      )
    }
    self.catalog = catalog
    migrations = try Self.sources(in: root + "/" + Self.migrationsFolder)
    modules = try ["JSON", "Tables", "Journal", "Runner"].flatMap {
      try Self.sources(in: "\(root)/\(Self.sourcesFolder)/\($0)").values
    }
  }

  /// For tests: a checkout that was not read from anywhere.
  init(catalog: String, migrations: [String: String], modules: [String] = []) {
    root = ""
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
        "the sources below '\(folder)' can't be read (\(error.localizedDescription)): type this in a whole clone"
      )
    }
  }
}
