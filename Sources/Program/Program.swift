/// The program that speaks: its name stands in every command that a message tells to type.
///
/// A process is one program, like its arguments; so the name is the process's, and not handed from hand to hand.
package struct Program: Hashable, Sendable {
  /// As it is typed.
  package let name: String
  /// Its version.
  package let version: String

  /// A program.
  package init(name: String, version: String = Formats.version) {
    self.name = name
    self.version = version
  }

  /// The program of this process; until it has begun, the one that this library comes with.
  // Written once, by `begin`, before there is a second thread; read from any.
  package private(set) nonisolated(unsafe) static var current = Program(name: Formats.library)

  /// Says which program this process is: the first thing that a program does.
  package static func begin(_ program: Program) { current = program }

  /// The name of this process's program.
  package static var name: String { current.name }

  /// Name and version, as the journal keeps them.
  package var tool: String { "\(name) \(version)" }

  /// What its own variables and its folder are called by: `acme` of `acme-migrate`.
  package var stem: String {
    let word = name.prefix { $0.isLetter || $0.isNumber }
    return word.isEmpty ? name : word.lowercased()
  }

  /// One of its own variables: `ACME_TARGET`.
  package static func variable(_ word: String) -> String { current.stem.uppercased() + "_" + word }

  /// The folder for what it keeps where it is typed: `.acme`.
  package static var folder: String { "." + current.stem }
}
