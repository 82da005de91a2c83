import Foundation
import TestSupport
import Testing

/// The page as one shell session, so that what a block changes (folder, variables) holds for those after it.
struct PageScript {
  let page: Page
  /// A folder for the blocks and what they print.
  let scratch: String

  /// Types the whole page in a checkout.
  func run(in checkout: String, environment: [String: String]) async throws {
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    let lines = try page.steps.enumerated().flatMap { try write($0.element, $0.offset, checkout) }
    let script = (["set -eu", "digest=\(Page.digest)"] + lines).joined(separator: "\n") + "\n"
    let outcome = try await Shell.run(
      "/bin/sh", ["-c", script], environment: environment, folder: checkout)
    let last = try lastOutput()
    try #require(outcome.status == 0, "\(outcome.errors) \(last)")
  }

  /// Expects every block to have printed what the page shows.
  func expectOutput() throws {
    for (index, step) in page.steps.enumerated() {
      guard case .shell(let commands, _, let output) = step, !output.isEmpty else { continue }
      let printed = try String(contentsOfFile: "\(scratch)/\(index).out", encoding: .utf8)
      for line in output {
        let shown = line.replacing(Page.digest, with: "").trimmingCharacters(in: .whitespaces)
        #expect(printed.contains(shown), "\(commands) printed \(printed.suffix(3_000))")
      }
    }
  }

  /// Writes a block to a file; the lines of shell that carry it out.
  private func write(_ step: Page.Step, _ index: Int, _ checkout: String) throws -> [String] {
    let file = "\(scratch)/\(index)"
    switch step {
    case .file(let path, let source):
      try source.write(toFile: file + ".source", atomically: true, encoding: .utf8)
      return ["cp '\(file).source' '\(checkout)/\(path)'"]
    case .shell(let commands, let fails, _):
      try commands.write(toFile: file + ".page", atomically: true, encoding: .utf8)
      let typing = "sed \"s/\(Page.digest)/$digest/g\" '\(file).page' > '\(file).sh'"
      if !fails { return [typing, ". '\(file).sh' > '\(file).out' 2>&1"] }
      return [
        typing,
        "if (. '\(file).sh') > '\(file).out' 2>&1; then echo 'block \(index) did not fail' >&2; exit 1; fi",
        "digest=$(sed -n 's/.*set its digest to sha256:\\([0-9a-f]*\\).*/\\1/p' '\(file).out' | head -n 1)",
      ]
    }
  }

  private func lastOutput() throws -> String {
    for index in page.steps.indices.reversed() {
      let file = "\(scratch)/\(index).out"
      guard FileManager.default.fileExists(atPath: file) else { continue }
      return try "block \(index): " + String(contentsOfFile: file, encoding: .utf8).suffix(3_000)
    }
    return "no block was run"
  }
}
