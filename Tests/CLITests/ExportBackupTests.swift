import Foundation
import TestSupport
import Testing

/// A backup as `backup`, `backups` and the runs tell it.
private struct Backup: Decodable {
  let table: String
  let name: String
  let arn: String
  let kind: String
  let items: Int?
  let path: String?
  let digest: String?
}

private struct RunBackups: Decodable {
  let run: String
  let backups: [Backup]
}

private struct Restored: Decodable {
  let table: String
  let items: Int
  let expectedItems: Int?
  let isExpectedExact: Bool
  let backup: Backup
  let lostOnRestore: [String: String]?
  let commands: [String]
}

@Suite("Backups that are exported") struct ExportBackupTests {
  @Test("a run's exports are journaled and listed, and each gives back its table byte for byte")
  func roundTrip() async throws {
    try await withOperators { data in
      let product = data.product()
      let start = try await product.export(source)
      let run: RunBackups = try await product.run(
        "run", rekeying, "--backup", "export", "--format", "json"
      ).decoded()
      #expect(run.backups.map(\.kind) == ["export", "export"])
      let saved = try #require(run.backups.first { $0.table == source })
      #expect(saved.items == 15 && saved.digest?.hasPrefix("sha256:") == true)
      let listed: [Backup] = try await product.run("backups", "--format", "json").decoded()
      #expect(Set(listed.map(\.path)) == Set(run.backups.map(\.path)))
      for (word, options) in [
        (run.run, ["--table", source]), ("latest", ["--table", source]), (saved.name, []), (saved.arn, []),
        (try #require(saved.path) + "/items.jsonl.gz", []),
      ] {
        let outcome = try await product.run(["restore", word, "--to", "copy", "--format", "json"] + options)
        let restored: Restored = try outcome.decoded()
        #expect(outcome.status == 0 && restored.items == 15 && restored.expectedItems == 15)
        #expect(restored.isExpectedExact && restored.backup.name == saved.name)
        #expect(try await product.export("copy") == start)
        try await expectRefusals(
          data, [(["restore", word, "--to", "copy"] + options, 2, ["table 'copy' exists"])])
        try FileManager.default.removeItem(atPath: data.store)
        try await data.load()
      }
      try await expectRefusals(
        data,
        [
          (["restore", "latest", "--to", "new"], 2, [source, target, "--table"]),
          (["restore", "latest", "--table", "other", "--to", "new"], 2, ["no table 'other'", source]),
          (["restore", saved.name, "--table", source, "--to", "new"], 64, ["--table is for a run"]),
          (["restore", "./none", "--to", "new"], 2, ["./none"]),
        ])
      let plan = try await product.run("report", run.run)
      #expect(
        plan.output.contains("sparta-journal restore \(run.run) --table \(source) --to \(source)-restored"))
    }
  }

  @Test("a run that made no backup says so, and contradictory options are wrong usage")
  func words() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--no-backup")
      try await expectRefusals(
        data,
        [
          (["restore", "latest", "--to", "new"], 2, ["made no backup"]),
          (["run", rekeying, "--no-backup", "--backup", "export"], 64, ["contradict"]),
          (["resume", "--no-backup", "--backup", "on-demand"], 64, ["contradict"]),
          (["run", rekeying, "--backup", "other"], 64, ["on-demand"]),
        ])
    }
  }

  @Test("a flipped byte in an export is refused before anything is made, whatever names it")
  func flippedByte() async throws {
    try await withOperators { data in
      let product = data.product()
      let made: [Backup] = try await product.run(
        "backup", source, "--backup", "export", "--format", "json"
      ).decoded()
      let items = "\(data.folder)/\(try #require(made[0].path))/items.jsonl.gz"
      var bytes = try Data(contentsOf: URL(fileURLWithPath: items))
      bytes[bytes.count / 2] ^= 0x10
      try bytes.write(to: URL(fileURLWithPath: items))
      try await expectRefusals(
        data,
        [made[0].name, made[0].arn, items].map {
          (["restore", $0, "--to", "new"], 2, ["not what was exported", "use another backup"])
        })
    }
  }

  @Test("a restored export that is not what the run had journaled is refused")
  func replaced() async throws {
    try await withOperators { data in
      let product = data.product()
      try await product.succeed("run", rekeying, "--backup", "export")
      let run: RunBackups = try await product.run("show", "latest", "--format", "json").decoded()
      let saved = try #require(run.backups.first { $0.table == source })
      let other: [Backup] = try await product.run(
        "backup", source, "--backup", "export", "--format", "json"
      ).decoded()
      // A whole export of the same table, but of another time, in the place of the journaled one.
      let (from, to) = (
        "\(data.folder)/\(try #require(other[0].path))", "\(data.folder)/\(try #require(saved.path))"
      )
      try FileManager.default.removeItem(atPath: to)
      try FileManager.default.copyItem(atPath: from, toPath: to)
      try await expectRefusal(
        data, ["restore", "latest", "--table", source, "--to", "new"], 2, ["replaced since"])
    }
  }

  @Test("without room for an export nothing is applied, nothing is left under its name, and resume makes it")
  func fullDisk() async throws {
    try await withOperators { data in
      // Values that gzip can't make much smaller.
      var random = SeededGenerator(seed: 7)
      let lines = (20..<120).map { number in
        let noise = (0..<500).map { _ in String(random.next(), radix: 36) }.joined()
        return #"{"discordId":{"S":"\#(data.id(number))"},"noise":{"S":"\#(noise)"}}"#
      }
      try write(lines.joined(separator: "\n"), to: data.folder + "/large.jsonl")
      let product = data.product()
      try await product.succeed("tables", "import", source, data.folder + "/large.jsonl", "--no-journal")
      let before = try await product.export(source)
      let outcome = try await Shell.run(
        "/bin/sh", ["-c", "ulimit -f 600; exec '\(Product.path)' run \(rekeying) --backup export"],
        environment: product.environment, folder: data.folder)
      expectSentence(outcome, 2, ["table '\(source)' is not backed up", "free some space"])
      #expect(try await product.export(source) == before)
      let shown: RunAnswer = try await product.run("show", "latest", "--format", "json").decoded()
      #expect(shown.state == "planned" && shown.backups.count == 1)
      let folder = data.journal + ".backups"
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [shown.backups[0].name])
      try await product.succeed("resume", shown.run, "--backup", "export")
      try await product.succeed("restore", shown.run, "--table", source, "--to", "copy")
      #expect(try await product.export("copy") == before)
    }
  }

  @Test("folder and files of an export are its owner's alone")
  func permissions() async throws {
    try await withOperators { data in
      try await data.product().succeed("backup", source, "--backup", "export")
      let folder = data.journal + ".backups"
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder).map { folder + "/" + $0 }
      #expect(files.count == 3)
      for path in files + [folder] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
        #expect(attributes[.posixPermissions] as? Int == (isFolder ? 0o700 : 0o600), "\(path)")
      }
    }
  }
}
