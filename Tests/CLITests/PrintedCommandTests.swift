import Foundation
import TestSupport
import Testing

@Suite("Commands that are printed") struct PrintedCommandTests {
  /// The options of a folder whose journal and tables are not where they are by default.
  private let elsewhere = ["--journal", "my journal.sqlite", "--target", "local:my tables.sqlite"]

  private func withTablesElsewhere(_ body: (OperatorFolder) async throws -> Void) async throws {
    try await withOperators { data in
      let load = ["tables", "import", "things", data.operatorsFile, "--key", "discordId:S"]
      #expect(try await data.product().run(load + elsewhere).status == 0)
      try await body(data)
    }
  }

  /// The commands in an answer, as a shell takes them.
  private func commands(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      line.range(of: "sparta-journal ").map { String(line[$0.lowerBound...]) }
    }.map { command in command.range(of: "  ").map { String(command[..<$0.lowerBound]) } ?? command }
  }

  private func type(_ command: String, _ data: OperatorFolder) async throws -> Shell.Outcome {
    let script = command.replacing("sparta-journal ", with: "'\(Product.path)' ")
    return try await Shell.run(
      "/bin/sh", ["-c", script], environment: data.product().environment, folder: data.folder)
  }

  @Test("each works as it stands, wherever journal and tables are: planned, applied, undone")
  func chain() async throws {
    try await withTablesElsewhere { data in
      let plan = ["change", "--table", "things", "--set", "extra = 1", "--dry-run", "--reason", "OPS-7"]
      let planned = try await data.product().run(plan + elsewhere)
      #expect(planned.status == 0, "\(planned.errors)")
      var printed = commands(planned.output)
      var typed: [String] = []
      while let command = printed.first {
        printed.removeFirst()
        let verb = command.split(separator: " ")[1]
        // What takes the rollback back would not leave the tables as they were.
        guard verb != "redo", !typed.contains(String(verb)) else { continue }
        typed.append(String(verb))
        let outcome = try await type(command, data)
        #expect(outcome.status == 0, "\(command): \(outcome.errors)")
        #expect(command.contains("--journal 'my journal.sqlite'"))
        printed += commands(outcome.output)
      }
      #expect(typed.contains("resume"))
      #expect(typed.contains("rollback"))
      #expect(typed.contains("report"))
      #expect(typed.contains("show"))
      let left = try await data.product().run(["tables", "export", "things"] + elsewhere)
      #expect(!left.output.contains("extra"), "\(typed)")
    }
  }

  @Test("a command in several lines of a narrow terminal works, too")
  func narrow() async throws {
    try await withTablesElsewhere { data in
      let plan = ["change", "--table", "things", "--set", "extra = 1", "--dry-run", "--reason", "OPS-7"]
      #expect(try await data.product().run(plan + elsewhere).status == 0)
      var environment = data.product().environment
      environment["TERM"] = "xterm"
      let shown = try await Shell.run(
        "/usr/bin/script",
        [
          "-qec",
          "stty cols 80; '\(Product.path)' show latest --journal 'my journal.sqlite'",
          "/dev/null",
        ], environment: environment, folder: data.folder)
      let lines = shown.output.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(shown.output)")
      let start = try #require(lines.firstIndex { $0.contains("sparta-journal resume") })
      let end = try #require(lines[start...].firstIndex { !$0.hasSuffix("\\") })
      let outcome = try await type(lines[start...end].joined(separator: "\n"), data)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let left = try await data.product().run(["tables", "export", "things"] + elsewhere)
      #expect(left.output.contains("extra"))
    }
  }
}
