import DynamoJournalProgram
import DynamoJournalEvents
import DynamoJournalTables

/// Who uses the program.
enum Actors {
  /// The account of this process, with the AWS caller where there is one.
  static func current(_ variables: Variables, _ target: OpenTarget? = nil) -> ActorIdentity {
    let account = OperatorAccount.current(environment: variables.values)
    return ActorIdentity(
      user: account.user, uid: Int(account.uid), host: account.host, arn: target?.caller,
      accessKeyID: target?.accessKeyID, claims: account.claims, tool: Program.current.tool)
  }
}
