import DynamoJournalEvents
import DynamoJournalProgram
import DynamoJournalTables

/// A command that works with a journal and a target.
protocol TargetedCommand {
  var common: CommonOptions { get }
}

extension ApproveCommand: TargetedCommand {}
extension AuditCheckpointCommand: TargetedCommand {}
extension AuditListCommand: TargetedCommand {}
extension AuditVerifyCommand: TargetedCommand {}
extension BackupCommand: TargetedCommand {}
extension ArchiveCommand: TargetedCommand {}
extension BackupsDeleteCommand: TargetedCommand {}
extension BackupsListCommand: TargetedCommand {}
extension ChangeCommand: TargetedCommand {}
extension CloseCommand: TargetedCommand {}
extension ContinueCommand: TargetedCommand {}
extension DoctorCommand: TargetedCommand {}
extension GuardCreateCommand: TargetedCommand {}
extension GuardReleaseCommand: TargetedCommand {}
extension GuardShowCommand: TargetedCommand {}
extension HistoryCommand: TargetedCommand {}
extension JournalEraseCommand: TargetedCommand {}
extension JournalRecoverCommand: TargetedCommand {}
extension ListCommand: TargetedCommand {}
extension PauseCommand: TargetedCommand {}
extension PlanCommand: TargetedCommand {}
extension PlanDiffCommand: TargetedCommand {}
extension RedoCommand: TargetedCommand {}
extension RedoPlanCommand: TargetedCommand {}
extension RestoreCommand: TargetedCommand {}
extension ResumeCommand: TargetedCommand {}
extension RollbackCommand: TargetedCommand {}
extension RollbackPlanCommand: TargetedCommand {}
extension RunCommand: TargetedCommand {}
extension RunsListCommand: TargetedCommand {}
extension ShowCommand: TargetedCommand {}
extension StopCommand: TargetedCommand {}
extension TablesCreateCommand: TargetedCommand {}
extension TablesDescribeCommand: TargetedCommand {}
extension TablesExportCommand: TargetedCommand {}
extension TablesImportCommand: TargetedCommand {}
extension TablesListCommand: TargetedCommand {}
extension VerifyCommand: TargetedCommand {}
extension WatchCommand: TargetedCommand {}

extension CommonOptions {
  /// Lets the commands that are printed find what this one was told to use.
  func remember() {
    Program.remember(
      journalOptions: words([
        ("--journal", journalOptions.journalPath), ("--env-file", journalOptions.envFile),
      ]),
      tableOptions: words([
        ("--target", target), ("--region", connection.region),
        ("--profile", connection.profile),
      ]) + (connection.insecureEndpoint ? " --insecure-endpoint" : ""))
  }
}

extension JournalOptions {
  /// The same, for a command that works with the journal alone.
  func remember() {
    Program.remember(
      journalOptions: words([("--journal", journalPath), ("--env-file", envFile)]), tableOptions: "")
  }
}

extension RunFold {
  /// Lets the commands that are printed find the run's target, where this one was not told of one.
  func rememberTarget() {
    guard started.target != "local:\(Target.defaultPath)" else { return }
    Program.remember(target: " --target \(ShellWord.text(started.target))")
  }
}

/// Options as they are typed, each with a space before it; without those that have no value.
private func words(_ options: [(name: String, value: String?)]) -> String {
  options.map { name, value in value.map { " \(name) \(ShellWord.text($0))" } ?? "" }.joined()
}
