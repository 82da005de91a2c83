import ArgumentParser
import DynamoJournalFiles
import DynamoJournalRunner

/// `change`: a one-off change, planned and journaled like a migration.
struct ChangeCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "change",
    abstract: "Change items by expressions that are typed: planned, journaled and undone like a migration.",
    discussion: """
      The expressions are DynamoDB's, with values written in place: --where "attribute_not_exists(plan)" \
      --set "plan = 'free'". What is typed stands in the journal, so that 'resume' goes on with it. A dry run first \
      shows the plan, and 'resume' applies it as it was reviewed.
      """)
  @OptionGroup var common: CommonOptions

  @Option(help: "The table whose items are changed.") var table: String
  @Option(
    name: .customLong("where"), help: ArgumentHelp("Which items; all without it.", valueName: "condition"))
  var condition: String?
  @Option(help: ArgumentHelp("What is set, such as \"plan = 'free', since = $now\".", valueName: "changes"))
  var set: String?
  @Option(help: ArgumentHelp("The attributes that go.", valueName: "paths")) var remove: String?
  @Option(
    help: ArgumentHelp("What is added to numbers and sets, such as \"visits 1\".", valueName: "changes"))
  var add: String?
  @Option(help: ArgumentHelp("What is taken out of sets, such as \"tags <<'old'>>\".", valueName: "changes"))
  var delete: String?
  @Flag(help: "Delete the items.") var deleteItem = false
  @Option(
    help: ArgumentHelp(
      "Put an item into this table for each, in one unit with what happens to its source.", valueName: "table"
    ))
  var putInto: String?
  @Option(
    help: ArgumentHelp("The item that is put, such as \"{id: id, city: address.city}\".", valueName: "map"))
  var putItem: String?
  @Option(
    help: ArgumentHelp(
      "Put a copy of the source with these changes, such as \"email = lower(email)\".", valueName: "changes"))
  var putSet: String?
  @Option(
    help: ArgumentHelp(
      "Put an item for each element of a list, such as \"addresses AS a\".", valueName: "list"))
  var each: String?
  @Option(help: ArgumentHelp("What must hold for every item afterwards.", valueName: "condition"))
  var expect: String?
  @Option(
    help: ArgumentHelp(
      "When an item can't be changed: fail refuses the plan, note leaves the item and says so.",
      valueName: "fail|note"))
  var onError: String?

  @OptionGroup var reason: ReasonOptions
  @OptionGroup var options: RunOptions
  @OptionGroup(title: "Watching over the run") var hand: HandOptions

  func run() async throws {
    let origin = CapturedDefinition.Origin.change(typed)
    // The names of tables may have variables in them here, too.
    let names = Set(try CapturedDefinition(origin).definition().variables)
    let variables = try common.variables(besides: names)
    var change = try FileMigration(CapturedDefinition(origin, variables: variables.values(of: names)))
    change.segments = options.segments
    let migration = change
    let request = try options.request(reason: try why(), variables)
    let settings = try options.settings(of: migration, variables)
    let session = try await RunSession(
      common, variables, isConfirmed: options.yes, isDry: request.dryRun, approvals: options.approvals,
      hand: hand)
    let result = try await session.finish { try await Runner($0, migration, request).run(settings) }
    try await session.print(
      result, because: options.because(request, variables, result), detailedExitCode: options.detailedExitCode
    )
  }

  /// The options by name, those that are left out left out.
  private var typed: [String: String] {
    let options: [String: String?] = [
      "table": table, "where": condition, "set": set, "remove": remove, "add": add, "delete": delete,
      "delete-item": deleteItem ? "true" : nil, "put-into": putInto, "put-item": putItem, "put-set": putSet,
      "each": each, "expect": expect, "on-error": onError,
    ]
    return options.compactMapValues { $0 }
  }

  /// The reason: a change has no file that says what it is for.
  private func why() throws -> String {
    if let reason = reason.reason { return reason }
    if Console.canAsk {
      Console.ask("Why is this changed? ")
      if let answer = readLine(strippingNewline: true), !answer.allSatisfy(\.isWhitespace) { return answer }
    }
    throw ValidationError("--reason is missing: say why this is changed, for the journal")
  }
}
