import Foundation
import TestSupport
import Testing

@Suite("audit checkpoint --out") struct CheckpointFileTests {
  @Test("a checkpoint takes the place of an earlier one of the same journal, and of nothing else")
  func replaced() async throws {
    try await withOperators { data in
      let file = data.folder + "/kept.txt"
      try await data.product().succeed("run", rekeying, "--dry-run")
      try await data.product().succeed("audit", "checkpoint", "--out", file)
      let first = try String(contentsOfFile: file, encoding: .utf8)
      try await data.product().succeed("run", rekeying)
      try await data.product().succeed("audit", "checkpoint", "--out", file)
      let second = try String(contentsOfFile: file, encoding: .utf8)
      #expect(first != second && second.split(separator: "\n").count == 3)

      let other = data.folder + "/other.sqlite"
      try await data.product().succeed("run", rekeying, "--dry-run", "--journal", other)
      try await expectRefusal(
        data, ["audit", "checkpoint", "--out", file, "--journal", other], 2,
        ["kept.txt", "does not contain", "audit verify --checkpoint"])
      #expect(try String(contentsOfFile: file, encoding: .utf8) == second)
    }
  }

  @Test("a file that is no checkpoint is left as it is")
  func foreign() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      let notes = data.folder + "/notes.txt"
      try write("what I must not forget\n", to: notes)
      try await expectRefusal(
        data, ["audit", "checkpoint", "--out", notes], 2, ["notes.txt", "is not a checkpoint", "--out"])
      #expect(try String(contentsOfFile: notes, encoding: .utf8) == "what I must not forget\n")
    }
  }
}
