import Foundation
import TestSupport
import Testing

/// What `doctor` says of a file that leaves planning to a program.
@Suite("doctor, of programs") struct ProgramDoctorTests {
  private func doctor(
    _ keys: String, program: String, mode: Int = 0o700, _ arguments: [String] = ["07_p"],
    _ environment: [String: String] = [:]
  ) async throws -> (Shell.Outcome, started: Bool) {
    try await withTemporaryFolder { folder in
      let path = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
      let product = Product(in: folder, environment: path.merging(environment) { $1 })
      try FileManager.default.createDirectory(
        atPath: folder + "/migrations", withIntermediateDirectories: true)
      try program.write(toFile: folder + "/migrations/p", atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes(
        [.posixPermissions: mode], ofItemAtPath: folder + "/migrations/p")
      try ("table: things\n" + keys).write(
        toFile: folder + "/migrations/07_p.yaml", atomically: true, encoding: .utf8)
      try #"{"id":{"S":"1"}}"#.write(toFile: folder + "/i.jsonl", atomically: true, encoding: .utf8)
      try await product.succeed("tables", "import", "things", "i.jsonl", "--key", "id:S")
      let outcome = try await product.run(["doctor"] + arguments)
      return (outcome, FileManager.default.fileExists(atPath: folder + "/migrations/started"))
    }
  }

  private static let good = "#!/bin/sh\ntouch started\ncat > /dev/null\n"

  @Test("one that ends as it must is well; the variables that it gets are named")
  func well() async throws {
    let (outcome, started) = try await doctor(
      "exec: [./p]\nenv: [STAGE, FLAVOUR]", program: Self.good, ["07_p"], ["STAGE": "dev"])
    #expect(outcome.status == 0 && started, "\(outcome.output)")
    #expect(outcome.output.contains("was started without an item, and ended as it must"))
    #expect(outcome.output.contains("set FLAVOUR in the environment, or leave it out of 'env'"))
    #expect(outcome.output.contains("STAGE") && outcome.output.contains("the program gets it"))
  }

  @Test("looked at among others, or with inputs, it is not started")
  func notStarted() async throws {
    let (all, started) = try await doctor("exec: [./p]", program: Self.good, [])
    #expect(!started && all.output.contains("'sparta-journal doctor 07_p' also starts it"), "\(all.output)")
    let (input, too) = try await doctor("exec: [./p]\ninputs: {me: 07_p.json}", program: Self.good)
    #expect(!too && input.status == 2 && input.output.contains("07_p.json"), "\(input.output)")
    let file = "exec: [./p]\ninputs: {me: data.json}"
    let (missing, _) = try await doctor(file, program: Self.good)
    #expect(missing.output.contains("no such file"), "\(missing.output)")
  }

  @Test(
    "what is wrong with it is said",
    arguments: [
      ("exec: [./q]", "there is no such file"), ("exec: [no-such-program]", "PATH has none"),
      ("exec: [./p]\nenv: [AWS_PROFILE]", "AWS's own"),
    ])
  func wrongFiles(_ keys: String, _ words: String) async throws {
    let (outcome, started) = try await doctor(keys, program: Self.good)
    #expect(outcome.status == 2 && !started && outcome.output.contains(words), "\(outcome.output)")
  }

  @Test(
    "what it does wrong without an item is said",
    arguments: [
      ("#!/bin/sh\nexit 3", "status 3"), ("#!/bin/sh\ncat", "wrote to standard output after"),
      ("#!/no/such/interpreter\n", "can't be started"),
    ])
  func wrongPrograms(_ program: String, _ words: String) async throws {
    let (outcome, _) = try await doctor("exec: [./p]", program: program)
    #expect(outcome.status == 2 && outcome.output.contains(words), "\(outcome.output)")
  }

  @Test("one that may not be executed is not started")
  func mode() async throws {
    let (plain, started) = try await doctor("exec: [./p]", program: Self.good, mode: 0o600)
    #expect(plain.status == 2 && !started && plain.output.contains("not executable"), "\(plain.output)")
  }
}
