import DynamoJournalReports
import Testing

@Suite("What piles up")
struct PiledUpTests {
  private func facts(oldBackups: Int = 0, oldRuns: Int = 0, journal: Int64 = 5_000_000) -> PiledUp {
    PiledUp(
      backups: 2, backupBytes: 12_000_000_000, exports: 1, exportBytes: 512, oldBackups: oldBackups, runs: 3,
      oldRuns: oldRuns, journalBytes: journal)
  }

  @Test("is told with its size, and is no reason to worry while it is new")
  func new() {
    let check = Check.piled(facts(oldRuns: 2))
    #expect(check.mark == .ok && check.remedy == nil)
    for part in ["2 backups on the target (12 GB", "1 export (512 bytes)", "3 runs in a journal of 5000 kB"] {
      #expect(check.found.contains(part), "\(check.found)")
    }
  }

  @Test("is warned of with the commands that let it go, once it is old, or a large journal has old runs")
  func old() {
    #expect(Check.piled(facts(oldBackups: 4)).remedy?.contains("backups delete --older-than 90d") == true)
    let large = Check.piled(facts(oldRuns: 2, journal: 3_000_000_000))
    #expect(large.mark == .warn && large.remedy?.contains("runs archive --before 90d --to FILE") == true)
  }
}
