import Foundation
import TestSupport

/// A copy of the checkout that is built in seconds: `Migrations`, the program and two of the tests are compiled from the
/// copy's sources, every other module and object is the one that this test itself was built with.
///
/// Only the manifest differs from the original's. SwiftPM keeps absolute paths, so that a copy of its whole build folder
/// would be built anew, BoringSSL included.
struct QuickPackage {
  let checkout: CheckoutCopy
  /// The folder of the built products.
  private let built = URL(fileURLWithPath: Product.path).deletingLastPathComponent()

  /// Makes the copy. Its folder has the original's name: SwiftPM derives the package's identity from that, and
  /// extensions of types of the same package are free of a warning.
  init(in folder: String) throws {
    let name = URL(fileURLWithPath: CheckoutCopy.original).lastPathComponent
    checkout = try CheckoutCopy(in: "\(folder)/\(name)")
    try checkout.write(objects(of: "sparta-journal"), to: "program.objects")
    try checkout.write(objects(of: "sparta-journalPackageTests"), to: "tests.objects")
    try checkout.write(manifest(), to: "Package.swift")
  }

  /// A PATH that finds the program which this test was built with.
  var path: String { built.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "") }

  /// The objects that SwiftPM linked a product from, without those that the copy compiles itself.
  private func objects(of product: String) throws -> String {
    let list = built.appendingPathComponent("\(product).product/Objects.LinkFileList")
    return try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
      .filter { !$0.contains(/\/(\w*Tests|SpartaMigrations|sparta_journal\w*)\.build\//) }
      .map { $0 + "\n" }.joined()
  }

  /// The module maps of all C targets, ours and the dependencies'.
  private func moduleMaps() throws -> [String] {
    let checkouts = built.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("checkouts")
    let own = URL(fileURLWithPath: CheckoutCopy.original).appendingPathComponent("Sources")
    let dependencies = try children(of: checkouts).map { $0.appendingPathComponent("Sources") }
      .filter { FileManager.default.fileExists(atPath: $0.path) }.flatMap(children)
    let candidates =
      try children(of: own).map { $0.appendingPathComponent("module.modulemap") }
      + dependencies.map { $0.appendingPathComponent("include/module.modulemap") }
    return candidates.map(\.path).filter { FileManager.default.fileExists(atPath: $0) }.sorted()
  }

  private func children(of folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }

  private func manifest() throws -> String {
    """
    // swift-tools-version: 6.2
    import PackageDescription

    let maps = \(try moduleMaps())
    let ours: [SwiftSetting] = [
      .swiftLanguageMode(.v6),
      .treatAllWarnings(as: .error),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .unsafeFlags(
        ["-I", "\(built.path)/Modules"]
          + maps.flatMap {
            ["-Xcc", "-fmodule-map-file=" + $0, "-Xcc", "-I" + $0.dropLast("/module.modulemap".count)]
          }),
    ]
    func linking(_ objects: String) -> [LinkerSetting] {
      ["sqlite3", "curl", "z"].map { .linkedLibrary($0) }
        + [.linkedLibrary("stdc++", .when(platforms: [.linux])), .unsafeFlags(["@\(checkout.folder)/" + objects])]
    }
    let package = Package(
      name: "sparta-journal",
      platforms: [.macOS(.v15)],
      targets: [
        .target(name: "SpartaMigrations", path: "Sources/Migrations", swiftSettings: ours),
        .executableTarget(
          name: "sparta-journal", dependencies: ["SpartaMigrations"], swiftSettings: ours,
          linkerSettings: linking("program.objects")),
        .testTarget(
          name: "MigrationsTests", dependencies: ["SpartaMigrations"],
          sources: ["BackfillEmailTests.swift", "CodeDigestTests.swift"], swiftSettings: ours,
          linkerSettings: linking("tests.objects")),
      ])

    """
  }
}
