import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

/// The rules of `doctor` that need figures only.
extension Check {
  /// How far our clock is off.
  ///
  /// A signature is good for five minutes. Source:
  /// https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
  /// - Parameter offset: by how many seconds the server's clock is ahead; nil when it does not say.
  package static func clock(offset: Int64?) -> Check {
    guard let offset else { return Check(.clock, .skip, "the server does not say what time it is") }
    let distance = offset.magnitude
    let remedy = "set the clock of this machine, for example with 'timedatectl set-ntp true'"
    switch distance {
    case 0...60:
      return Check(.clock, .ok, distance < 2 ? "as the server's" : "within \(distance) s of the server's")
    case 61...300:
      return Check(.clock, .warn, words(offset), remedy: remedy)
    default:
      return Check(
        .clock, .fail, words(offset) + ", and a signature is good for 300 s", remedy: remedy)
    }
  }

  private static func words(_ offset: Int64) -> String {
    "\(offset.magnitude) s \(offset > 0 ? "behind" : "ahead of") the server's"
  }

  /// Whether something keeps two hosts from migrating one table at once.
  ///
  /// - Parameters:
  ///   - claims: the guards of the target; nil where there is no place for them.
  ///   - isLocal: whether the target is on this machine, where nothing is missed without guards.
  package static func guards(_ claims: [GuardClaim]?, isLocal: Bool, now: Int64) -> [Check] {
    guard let claims else {
      guard !isLocal else {
        return [Check(.guards, .skip, "there is no guard table, and a server on this machine needs none")]
      }
      return [
        Check(
          .guards, .warn,
          "there is no guard table, so nothing keeps two hosts from migrating one table at once",
          remedy: "make it with '\(Program.command("guard create"))'")
      ]
    }
    let held = claims.filter { $0.state == .held }
    guard !held.isEmpty else { return [Check(.guards, .ok, "no table is held")] }
    return held.map { claim in
      let isGone = GuardRules.isFree(claim, now: now)
      return Check(
        .guards, of: claim.table, .warn,
        "\(isGone ? "was held" : "is held") by \(Printable.text(claim.holder.owner))",
        remedy: isGone
          ? "if that run is gone, '\(Program.command("guard release \(Printable.shellWord(claim.table)) --reason …"))' gives it back"
          : "wait for that run")
    }
  }

  /// Whether there is room for the journal.
  ///
  /// - Parameter free: bytes that are free in `folder`; nil when the system does not say.
  package static func disk(free: Int64?, folder: String) -> Check {
    guard let free else { return Check(.disk, of: folder, .skip, "the system does not say how much is free") }
    let found = "\(size(free)) free, room for about \(rounded(free / bytesOfChange)) changes"
    let remedy = "free some space, or give the journal another place with --journal"
    if free < leastFree { return Check(.disk, of: folder, .fail, found, remedy: remedy) }
    return Check(
      .disk, of: folder, free < littleFree ? .warn : .ok, found, remedy: free < littleFree ? remedy : nil)
  }

  /// What a change of a small item takes in the journal: its plan and its outcome. Measured; see docs/performance.md.
  private static let bytesOfChange: Int64 = 750
  private static let leastFree: Int64 = 50_000_000
  private static let littleFree: Int64 = 1_000_000_000

  private static func size(_ bytes: Int64) -> String {
    bytes < 10_000_000_000 ? "\(bytes / 1_000_000) MB" : "\(bytes / 1_000_000_000) GB"
  }

  private static func rounded(_ number: Int64) -> String {
    switch number {
    case 1_000_000...: "\(number / 1_000_000) million"
    case 1_000...: "\(number / 1_000) thousand"
    default: "\(number)"
    }
  }

  /// The runs that wait for somebody, one check each; one for all when there is none.
  package static func runs(_ reports: [RunReport]) -> [Check] {
    let interrupted = reports.filter { $0.state == .interrupted }
    let waiting = interrupted.filter(\.hasBegunToWrite).map { report in
      Check(
        .runs, of: report.run, .warn,
        "\(report.fold.started.migration) on \(report.fold.started.target) is \(report.stateWord)",
        remedy: "'\(Program.command("resume \(Printable.shellWord(report.run))"))' \(report.goingOn)")
    }
    guard waiting.isEmpty else { return waiting }
    // A run that stopped before it wrote anything is in nobody's way.
    let idle = interrupted.count
    let words = idle == 0 ? ", none interrupted" : ", \(idle) stopped before anything was written"
    return [
      Check(
        .runs, .ok, Printable.count(reports.count, "run") + words,
        remedy: idle == 0
          ? nil : "'\(Program.command("close RUN --reason …"))' ends those that will not go on")
    ]
  }
}
