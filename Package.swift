// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode, warnings are errors, imports are explicit.
let ours: [SwiftSetting] = [
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
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")

let package = Package(
  name: "sparta-journal",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "sparta-journal", targets: ["sparta-journal"]),
    .library(
      name: "SpartaJournal", targets: ["Tables", "Journal", "Runner", "Migrations", "Reports"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    // MARK: C libraries of the system
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // MARK: Ours, in the order of the arrows: a target knows only what stands above it
    .target(name: "JSON", swiftSettings: ours),
    .target(name: "Addresses", dependencies: [crypto], swiftSettings: ours),
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: ours),
    .target(name: "Tables", dependencies: ["Addresses", "JSON", "SQLite", "CZlib"], swiftSettings: ours),
    .target(name: "Exports", dependencies: ["JSON", "Tables", "CZlib", crypto], swiftSettings: ours),
    .target(name: "HTTP", dependencies: ["Addresses", "CCurl", logging], swiftSettings: ours),
    .target(
      name: "DynamoDB",
      dependencies: [
        "Addresses", "JSON", "Tables", "HTTP", "CZlib", crypto, logging, subprocess, system,
      ],
      swiftSettings: ours),
    .target(
      name: "Journal", dependencies: ["JSON", "SQLite", "Tables", bits, crypto],
      resources: [.embedInCode("../../schema.sql")], swiftSettings: ours),
    .target(name: "Anchors", dependencies: [subprocess, system], swiftSettings: ours),
    .target(
      name: "Runner", dependencies: ["JSON", "SQLite", "Tables", "Exports", "Journal", bits, crypto],
      swiftSettings: ours),
    .target(
      name: "Migrations", dependencies: ["JSON", "Tables", "Journal", "Runner"], swiftSettings: ours),
    .target(
      name: "Reports", dependencies: ["JSON", "Tables", "Journal"], swiftSettings: ours),
    .executableTarget(
      name: "sparta-journal",
      dependencies: [
        "Anchors", "JSON", "Tables", "Exports", "HTTP", "DynamoDB", "Journal", "Runner", "Migrations",
        "Reports",
        arguments, logging,
      ],
      swiftSettings: ours),

    // MARK: Tests
    .target(
      name: "TestSupport",
      dependencies: [
        "HTTP", "JSON", "SQLite", "Tables", "Exports", "Journal", "Runner", "Migrations", subprocess, system,
      ],
      path: "Tests/TestSupport", swiftSettings: ours),
    .executableTarget(
      name: "guard-holder", dependencies: ["DynamoDB", "HTTP", "Tables"], path: "Tests/GuardHolder",
      swiftSettings: ours),
    .testTarget(name: "AddressesTests", dependencies: ["Addresses"], swiftSettings: ours),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: ours),
    .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "TestSupport"], swiftSettings: ours),
    .testTarget(
      name: "TablesTests", dependencies: ["JSON", "SQLite", "Tables", "TestSupport"],
      swiftSettings: ours),
    .testTarget(
      name: "ExportsTests", dependencies: ["Exports", "Tables", "TestSupport"], swiftSettings: ours),
    .testTarget(
      name: "HTTPTests", dependencies: ["Addresses", "HTTP", "TestSupport", flyingFox], swiftSettings: ours),
    .testTarget(
      name: "DynamoDBTests",
      dependencies: [
        "guard-holder", "DynamoDB", "HTTP", "JSON", "Tables", "TestSupport", crypto, flyingFox, logging,
      ],
      exclude: ["Fixtures"], swiftSettings: ours),
    .testTarget(
      name: "JournalTests", dependencies: ["Journal", "SQLite", "Tables", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: ours),
    .testTarget(name: "AnchorsTests", dependencies: ["Anchors", "TestSupport"], swiftSettings: ours),
    .testTarget(
      name: "RunnerTests", dependencies: ["Exports", "JSON", "Runner", "Journal", "Tables", "TestSupport"],
      swiftSettings: ours),
    .testTarget(
      name: "MigrationsTests",
      dependencies: ["sparta-journal", "JSON", "Migrations", "Runner", "Journal", "Tables", "TestSupport"],
      swiftSettings: ours),
    .testTarget(
      name: "ReportsTests", dependencies: ["JSON", "Reports", "Journal", "Tables", "TestSupport"],
      swiftSettings: ours),
    .testTarget(
      name: "CLITests",
      dependencies: [
        "sparta-journal", "DynamoDB", "HTTP", "JSON", "Journal", "Runner", "Tables", "TestSupport", arguments,
        flyingFox,
      ],
      swiftSettings: ours),
    .testTarget(
      name: "WalkthroughTests", dependencies: ["sparta-journal", "TestSupport"], swiftSettings: ours),
    .testTarget(
      name: "CrashTests", dependencies: ["sparta-journal", "SQLite", "Tables", "TestSupport"],
      swiftSettings: ours),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "sparta-journal", "DynamoDB", "HTTP", "JSON", "Journal", "Tables", "Migrations", "Runner",
        "TestSupport",
      ],
      swiftSettings: ours),
  ]
)
