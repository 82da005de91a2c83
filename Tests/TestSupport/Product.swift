import Foundation

/// The built program, run as people run it, in a folder of its own.
package struct Product: Sendable {
  /// The folder it runs in; `.sparta` is made in it.
  package let folder: String
  /// Variables beyond a bare environment: nothing of the machine's own configuration reaches a test.
  package let environment: [String: String]

  /// The program in that folder.
  package init(in folder: String, environment: [String: String] = [:]) {
    self.folder = folder
    let bare = ["PATH": "/usr/bin:/bin", "HOME": folder, "USER": "tester", "SWIFT_BACKTRACE": "enable=no"]
    self.environment = bare.merging(environment) { $1 }
  }

  /// The program's file: the one that TESTED_PROGRAM names, as the optimized one, or the one beside the tests.
  package static var path: String {
    if let named = ProcessInfo.processInfo.environment["TESTED_PROGRAM"] { return named }
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("sparta-journal").path
  }

  /// Runs a command to its end.
  package func run(_ arguments: String...) async throws -> Shell.Outcome { try await run(arguments) }

  /// Runs a command to its end.
  package func run(_ arguments: [String]) async throws -> Shell.Outcome {
    try await Shell.run(Product.path, arguments, environment: environment, folder: folder)
  }

  /// Starts a command; its output goes to files in `scratch`.
  package func start(_ arguments: [String], scratch: String) async throws -> Child {
    try await Child.start(Product.path, arguments, environment: environment, folder: folder, scratch: scratch)
  }

  /// A table's items as `tables export` writes them, sorted.
  package func export(_ table: String) async throws -> [String] {
    let outcome = try await run("tables", "export", table)
    guard outcome.status == 0 else { throw UnexpectedEnd(outcome: outcome) }
    return outcome.output.split(separator: "\n").map(String.init).sorted()
  }

  /// Runs a command that must succeed.
  @discardableResult
  package func succeed(_ arguments: String...) async throws -> String {
    let outcome = try await run(arguments)
    guard outcome.status == 0 else { throw UnexpectedEnd(outcome: outcome) }
    return outcome.output
  }
}

/// A command that was to succeed did not.
package struct UnexpectedEnd: Error, CustomStringConvertible {
  /// What it left behind.
  package let outcome: Shell.Outcome

  /// A command that ended like this.
  package init(outcome: Shell.Outcome) { self.outcome = outcome }

  /// Status and output.
  package var description: String {
    "exit \(outcome.status): \(outcome.errors) \(outcome.output.prefix(2_000))"
  }
}

/// Random numbers that are the same for the same seed (SplitMix64, https://prng.di.unimi.it/splitmix64.c).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Begins with a seed.
  package init(seed: UInt64) { state = seed }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
