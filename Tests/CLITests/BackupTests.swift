import Foundation
import TestSupport
import Testing

@Suite("backup, backups and restore") struct BackupTests {
  private struct Backup: Decodable {
    let table: String
    let name: String
    let arn: String
    let items: Int?
  }

  @Test("the configured tables that exist are backed up, and a backup is restored into a new table")
  func restore() async throws {
    try await withOperators { data in
      let product = data.product()
      let outcome = try await product.run("backup", "--format", "json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let made: [Backup] = try outcome.decoded()
      #expect(Set(made.map(\.table)) == [source, target])
      #expect(outcome.errors.contains("no table sparta-validators-dev"))
      let listed: [Backup] = try await product.run("backups", source, "--format", "json").decoded()
      #expect(listed.map(\.items) == [15])
      #expect(listed[0].name.hasPrefix("migration-backup-") && listed[0].name.hasSuffix("-" + source))
      try await product.succeed("run", rekeying, "--no-backup")
      for (backup, table) in [(listed[0].arn, "by-arn"), (listed[0].name, "by-name")] {
        try await product.succeed("restore", backup, "--to", table)
        #expect(try await product.export(table) == data.operators.sorted())
      }
      try await expectRefusals(
        data,
        [
          (["restore", listed[0].arn, "--to", source], 2, [source]),
          (["restore", "none", "--to", "new"], 2, ["no backup 'none'", "sparta-journal backups"]),
          (["restore", listed[0].arn], 64, ["--to"]),
          (["backup", "none"], 2, ["no table 'none'"]),
          (["backups", "--target", "local:none"], 2, ["no embedded store"]),
        ])
    }
  }
}
