// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode, warnings are errors, imports are explicit.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let bits = Target.Dependency.product(name: "BitCollections", package: "swift-collections")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(
  name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux]))
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")

let package = Package(
  name: "sparta-journal",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "sparta-journal", targets: ["sparta-journal"]),
    // What migrations are written with.
    .library(name: "SpartaJournal", targets: ["SpartaJournal"]),
    // A program for them: every command, in ten lines.
    .library(name: "SpartaJournalCommands", targets: ["SpartaJournalCommands"]),
    // What they are tested with.
    .library(name: "SpartaJournalTesting", targets: ["SpartaJournalTesting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    // A target's name is one that no package of a client would own, since SwiftPM knows only one target of a name; its
    // folder says what it is.

    // MARK: C libraries of the system
    .systemLibrary(
      name: "CDynamoJournalSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CDynamoJournalCurl", path: "Sources/CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CDynamoJournalZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // MARK: Ours, in the order of the arrows: a target knows only what stands above it
    ours("Program"),
    ours("JSON"),
    ours("Addresses", [crypto]),
    ours("SQLite", ["CDynamoJournalSQLite"]),
    ours("Tables", ["Program", "Addresses", "JSON", "SQLite", "CDynamoJournalZlib"]),
    ours("Expressions", ["Tables", crypto]),
    ours("Exports", ["Program", "JSON", "Tables", "CDynamoJournalZlib", crypto]),
    ours("HTTP", ["Program", "Addresses", "CDynamoJournalCurl", logging]),
    ours(
      "DynamoDB",
      [
        "Program", "Addresses", "JSON", "Tables", "HTTP", "CDynamoJournalZlib", crypto, logging, subprocess,
        system,
      ]),
    ours(
      "Journal", ["Program", "JSON", "SQLite", "Tables", bits, crypto],
      resources: [.embedInCode("../../schema.sql")]),
    ours("Anchors", ["Program", subprocess, system]),
    ours("Runner", ["Program", "JSON", "SQLite", "Tables", "Exports", "Journal", "Addresses", bits, crypto]),
    ours(
      "Files",
      ["Program", "JSON", "SQLite", "Tables", "Expressions", "Journal", "Runner", crypto, yams]),
    ours(
      "Reports", ["Program", "JSON", "SQLite", "Tables", "Journal", crypto, mustache],
      resources: ["report.css", "report.js", "report.mustache"].map { .embedInCode("Page/\($0)") }),
    ours(
      "Programs",
      ["Program", "JSON", "Tables", "Expressions", "Journal", "Runner", crypto, subprocess, system]),

    // MARK: The doors
    ours("SpartaJournal", ["JSON", "Tables", "Journal", "Runner"]),
    ours(
      "Commands",
      [
        "SpartaJournal", "Program", "Addresses", "Anchors", "JSON", "Tables", "Exports", "HTTP", "DynamoDB",
        "Journal",
        "Runner", "Files", "Programs", "Expressions", "Reports", arguments, logging,
      ]),
    ours("Testing", ["SpartaJournal", "Program", "JSON", "Tables", "Journal", "Runner"]),

    // MARK: Sparta's own
    ours("Migrations", ["SpartaJournal"]),
    .executableTarget(
      name: "sparta-journal", dependencies: of(["SpartaJournal", "Commands", "Migrations"]),
      swiftSettings: strict),

    // MARK: Tests
    .target(
      name: "TestSupport",
      dependencies: of([
        "SpartaJournal", "Testing", "HTTP", "JSON", "SQLite", "Tables", "Exports", "Journal", "Runner",
        "Migrations", subprocess, system,
      ]),
      path: "Tests/TestSupport", swiftSettings: strict),
    .executableTarget(
      name: "guard-holder", dependencies: of(["DynamoDB", "HTTP", "Tables"]), path: "Tests/GuardHolder",
      swiftSettings: strict),
    tests("JSON", ["JSON"]),
    tests("Addresses", ["Addresses"]),
    tests("SQLite", ["SQLite"]),
    tests("Tables", ["Program", "JSON", "SQLite", "Tables"]),
    tests("Expressions", ["Expressions", "HTTP", "JSON", "Tables"]),
    tests("Exports", ["Exports", "Tables", crypto]),
    tests("HTTP", ["Addresses", "HTTP", flyingFox]),
    tests(
      "DynamoDB",
      ["guard-holder", "Program", "DynamoDB", "HTTP", "JSON", "Tables", crypto, flyingFox, logging],
      exclude: ["Fixtures"]),
    tests("Journal", ["Journal", "SQLite", "Tables"], exclude: ["Fixtures"]),
    tests("Anchors", ["Anchors"]),
    tests("Runner", ["Exports", "JSON", "Runner", "Journal", "Tables"]),
    tests(
      "Migrations",
      ["sparta-journal", "SpartaJournal", "Program", "JSON", "Migrations", "Runner", "Journal", "Tables"]),
    tests(
      "Programs", ["sparta-journal", "Expressions", "JSON", "Journal", "Programs", "Runner", "Tables"]),
    tests(
      "Files",
      [
        "sparta-journal", "Expressions", "Files", "JSON", "Journal", "Runner", "Tables", "Testing", yams,
      ]),
    tests("Reports", ["JSON", "Reports", "Journal", "Tables"], exclude: ["Browser"]),
    tests(
      "CLI",
      [
        "sparta-journal", "Commands", "Program", "Migrations", "DynamoDB", "HTTP", "JSON", "Journal",
        "Runner", "Tables", arguments, flyingFox,
      ]),
    tests("Walkthrough", ["sparta-journal", "Files"]),
    tests("Crash", ["sparta-journal", "SQLite", "Tables"]),
    tests(
      "Server",
      ["sparta-journal", "DynamoDB", "Files", "HTTP", "JSON", "Journal", "Tables", "Migrations", "Runner"]),
  ]
)

/// The target in each folder of `Sources`; a folder that is not here is called as its target.
func targetNames() -> [String: String] {
  [
    "Program": "DynamoJournalProgram", "Addresses": "DynamoJournalAddresses", "JSON": "DynamoJournalJSON",
    "SQLite": "DynamoJournalSQLite",
    "Tables": "DynamoJournalTables", "Expressions": "DynamoJournalExpressions",
    "Exports": "DynamoJournalExports", "HTTP": "DynamoJournalHTTP",
    "DynamoDB": "DynamoJournalClient", "Journal": "DynamoJournalEvents", "Anchors": "DynamoJournalAnchors",
    "Runner": "DynamoJournalRunner", "Files": "DynamoJournalFiles", "Reports": "DynamoJournalReports",
    "Programs": "DynamoJournalPrograms", "Commands": "SpartaJournalCommands",
    "Testing": "SpartaJournalTesting", "Migrations": "SpartaMigrations",
  ]
}

/// Folders as the targets in them; products of other packages as they are.
func of(_ dependencies: [Target.Dependency]) -> [Target.Dependency] {
  dependencies.map { dependency in
    guard case .byNameItem(let name, _) = dependency, let target = targetNames()[name] else {
      return dependency
    }
    return .byName(name: target)
  }
}

/// The target in a folder of `Sources`.
func ours(
  _ folder: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil
) -> Target {
  .target(
    name: targetNames()[folder] ?? folder, dependencies: of(dependencies), path: "Sources/\(folder)",
    resources: resources, swiftSettings: strict)
}

/// The tests of a folder of `Sources`, or of the program.
func tests(_ subject: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: "\(subject)Tests", dependencies: of(dependencies + ["TestSupport"]), exclude: exclude,
    swiftSettings: strict)
}
