// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("MemberImportVisibility"),
]
let door = { (name: String) in Target.Dependency.product(name: name, package: "sparta-journal") }

let package = Package(
  name: "acme-migrate",
  platforms: [.macOS(.v15)],
  // A package of one's own names the repository and a version here instead of a folder.
  dependencies: [.package(name: "sparta-journal", path: "../..")],
  targets: [
    .target(name: "HTTP", swiftSettings: strict),
    .target(name: "Migrations", dependencies: ["HTTP", door("SpartaJournal")], swiftSettings: strict),
    .executableTarget(
      name: "acme-migrate",
      dependencies: ["Migrations", door("SpartaJournal"), door("SpartaJournalCommands")],
      swiftSettings: strict),
    .testTarget(
      name: "MigrationsTests",
      dependencies: ["Migrations", door("SpartaJournal"), door("SpartaJournalTesting")],
      swiftSettings: strict),
  ]
)
