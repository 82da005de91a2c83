import DynamoJournalProgram
import Foundation
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner

/// Looks at the journal: whether it can be written, who is at it, what waits in it, and whether there is room.
struct JournalExamination {
  let path: String

  func examine() async -> [Check] {
    let folder = FileFacts.folder(of: path)
    let disk = Check.disk(free: FileFacts.free(in: folder), folder: folder)
    guard FileFacts.takesFiles(folder) else {
      let check = Check(
        .journal, of: path, .fail, "'\(folder)' is not a folder in which files can be made",
        remedy: "check its permissions, or name another journal with --journal")
      return [check, disk]
    }
    guard FileManager.default.fileExists(atPath: path) else {
      return [Check(.journal, of: path, .ok, "there is none yet: the first run makes it"), disk]
    }
    return await examineFile() + [disk]
  }

  private func examineFile() async -> [Check] {
    let reports: [RunReport]
    let events: Int64
    do {
      let journal = try Journal(path: path, for: .look)
      events = await journal.head.seq
      let runs = try await journal.runs()
      let work = RunAtWork(runs, path: path)
      reports = runs.map { RunReport($0, state: work.state(of: $0)) }
    } catch JournalError.empty {
      return [Check(.journal, of: path, .ok, "it is empty: the next run fills it")]
    } catch {
      return [
        Check(.journal, of: path, saying: Ending.explanation(error)),
        .skipped(.runs, since: "the journal can't be read"),
      ]
    }
    return [check(events)] + Check.runs(reports)
  }

  private func check(_ events: Int64) -> Check {
    if let holder = Journal.holder(path: path) {
      return Check(
        .journal, of: path, .warn, "in use by \(holder)",
        remedy: "wait for it, or stop it with Ctrl-C and resume its run")
    }
    guard FileFacts.isWritable(path) else {
      return Check(
        .journal, of: path, .fail, "can't be written",
        remedy: "check its permissions, or name another journal with --journal")
    }
    return Check(
      .journal, of: path, .ok,
      "\(Plural.count(Int(events), "event")), can be written, SQLite \(Journal.sqliteVersion); '\(Program.command("audit verify"))' checks its chain"
    )
  }
}
