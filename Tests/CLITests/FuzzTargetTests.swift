import Foundation
import TestSupport
import Testing

@testable import SpartaJournalCommands

@Suite("Fuzzing: .env, and journals that somebody changed", .serialized) struct ProgramFuzzTargetTests {
  @Test("a .env is read or refused")
  func environmentFiles() async throws {
    try await withTemporaryFolder { folder in
      let tokens = ["export ", "\\n", "\"", "A=", "${A}", " #"]
      try await Fuzzing("dotenv", tokens: tokens, fewInputs: 2_000).run { bytes in
        let path = folder + "/.env"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do { _ = try EnvironmentFile.read(path) } catch {
          guard "\(error)".utf8.count < 1_000 else { throw Fuzzing.Finding("a sentence without end") }
        }
      }
    }
  }

  /// What a command may end with: done, conflicts, refused, a damaged journal, usage; not a crash and not a fault of ours.
  private static let ends: Set<Int32> = [0, 1, 2, 4, 64]

  @Test("a journal with changed bytes or rows is read as far as it goes, or refused")
  func journals() async throws {
    try await withTemporaryFolder { folder in
      let path = try await JournalSample.write(in: folder)
      try JournalSample.edit(path, "PRAGMA wal_checkpoint(TRUNCATE)")
      let good = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      let product = Product(in: folder, environment: ["SPARTA_JOURNAL": path])
      let commands = [
        ["audit", "verify"], ["show", "latest"], ["report", "latest", "--format", "json"], ["runs"],
        ["audit", "--format", "json"],
      ]
      var turn = 0
      try await Fuzzing("journal", tokens: ["applied", "planned", "finished", "sha256:"], fewInputs: 20).run {
        input in
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try Data(good).write(to: URL(fileURLWithPath: path))
        try Self.damage(path, input, good.count)
        let command = commands[turn % commands.count]
        turn += 1
        let outcome = try await product.run(command)
        guard Self.ends.contains(outcome.status), !outcome.errors.contains("should not happen") else {
          throw Fuzzing.Finding("\(command) ends with \(outcome.status): \(outcome.errors.suffix(300))")
        }
      }
    }
  }

  /// An even first byte: bytes of the file, at places that the input names. An odd one: the input in a column of a row.
  private static func damage(_ path: String, _ input: [UInt8], _ size: Int) throws {
    guard let first = input.first, input.count > 4 else { return }
    if first % 2 == 0 {
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      let place = (Int(input[1]) << 16 | Int(input[2]) << 8 | Int(input[3])) % size
      try file.seek(toOffset: UInt64(place))
      try file.write(contentsOf: Data(input[4...].prefix(64)))
      try file.close()
      return
    }
    let columns = [
      "detail", "before", "after", "key", "hash", "at", "run", "change", "unit", "stage", "event", "actor",
    ]
    let column = columns[Int(input[1]) % columns.count]
    let hex = input[4...].map { String(format: "%02x", $0) }.joined()
    let value = [
      "CAST(x'\(hex)' AS TEXT)", "x'\(hex)'", "NULL", "\(Int64(input[3]) << 55)", "1e300",
      "replace(\(column), '1', '\(input[3])')",
    ][Int(input[2]) % 6]
    // What the schema itself refuses is no damage.
    try? JournalSample.edit(
      path, "UPDATE events SET \(column) = \(value) WHERE seq = \(1 + Int(input[3]) % 7)")
  }
}
