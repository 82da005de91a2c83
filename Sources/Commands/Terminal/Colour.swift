import ArgumentParser
import Foundation

/// Colour with meaning, on a terminal that takes it.
struct Colour {
  /// What was asked for.
  enum Wish: String, ExpressibleByArgument, CaseIterable {
    case auto
    case always
    case never
  }

  private let isOn: Bool

  /// Colour for standard output; a terminal has none with `NO_COLOR` (https://no-color.org) or as `TERM=dumb`.
  init(_ wish: Wish) {
    switch wish {
    case .always: isOn = true
    case .never: isOn = false
    case .auto:
      let environment = ProcessInfo.processInfo.environment
      isOn =
        isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
  }

  /// Lines of a difference: what is added is green, what goes is red, what changes is yellow.
  func difference(_ lines: String) -> String {
    guard isOn else { return lines }
    return lines.split(separator: "\n", omittingEmptySubsequences: false).map(line).joined(separator: "\n")
  }

  private func line(_ line: Substring) -> String {
    let code: String? =
      switch line.drop(while: { $0 == " " }).prefix(2) {
      case "+ ": "32"
      case "- ": "31"
      case "~ ": "33"
      default: nil
      }
    return code.map { "\u{1B}[\($0)m\(line)\u{1B}[0m" } ?? String(line)
  }
}
