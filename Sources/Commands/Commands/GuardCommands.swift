import DynamoJournalProgram
import ArgumentParser
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalReports
import DynamoJournalRunner
import DynamoJournalTables

/// `guard`: who works on which table.
struct GuardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guard", abstract: "Keep two runs on different hosts from migrating one table at once.",
    subcommands: [GuardCreateCommand.self, GuardShowCommand.self, GuardReleaseCommand.self])
}

/// `guard create`
struct GuardCreateCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make the table of guards on a server; the embedded store needs none.")
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let variables = try common.variables()
    let target = try common.target(variables)
    guard !target.isEmbedded else { return answer(target.name, table: nil, isNew: false) }
    let opened = try await common.open(variables, creating: false, saying: true)
    let name = common.guards.table(variables)
    let isNew = try await make(name, opened.store)
    answer(opened.name, table: name, isNew: isNew)
  }

  /// Makes the table and returns when it is ready; another process may make it at the same time.
  private func make(_ name: String, _ store: any TableStore) async throws -> Bool {
    if try await store.guards != nil { return false }
    do {
      try await store.create(TableGuards.spec(named: name))
      return true
    } catch let error as StoreError where error.code == "ResourceInUseException" {
      guard try await store.guards != nil else { throw error }
      return false
    }
  }

  private func answer(_ target: String, table: String?, isNew: Bool) {
    switch common.format {
    case .json:
      Console.answer(
        JSONValue.object([
          .init(name: "target", value: .string(SafeURL.text(target))),
          .init(name: "guardTable", value: table.map { .string($0) } ?? .null),
          .init(name: "created", value: .bool(isNew)),
        ]).prettyText())
    case .text:
      guard let table else {
        return Console.answer(
          "the guards are part of the embedded store and always on; there is nothing to make")
      }
      Console.answer(isNew ? "created the guard table \(table)" : "the guard table \(table) is there already")
    }
  }
}

/// `guard show`
struct GuardShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show who works, or worked last, on which table.")
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let variables = try common.variables()
    let target = try await common.open(variables, creating: false)
    let guards = try await target.store.guards
    let claims = try await guards?.claims() ?? []
    let now = GuardLease.Clock.system.now()
    switch common.format {
    case .json:
      let table: JSONValue =
        guards == nil || target.location != nil ? .null : .string(common.guards.table(variables))
      Console.answer(
        JSONValue.object([
          .init(name: "target", value: .string(SafeURL.text(target.name))),
          .init(name: "guarded", value: .bool(guards != nil)), .init(name: "guardTable", value: table),
          .init(name: "guards", value: .array(claims.map { GuardReport($0, now: now).json })),
        ]).prettyText())
    case .text:
      if guards == nil { Console.say(missing(common.guards.table(variables), target.name)) }
      if guards != nil && claims.isEmpty { Console.say("no table was ever guarded at \(target.name)") }
      for claim in claims { Console.answer(GuardReport(claim, now: now).line) }
    }
  }

  private func missing(_ table: String, _ target: String) -> String {
    let target = ShellWord.text(SafeURL.text(target))
    return
      "there is no guard table '\(table)', so nothing keeps two hosts apart; make it with: \(Program.name) guard create --target \(target)"
  }
}

/// `guard release`
struct GuardReleaseCommand: AsyncParsableCommand, TableWriting {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Give back the guard of a table whose run is gone, once it has expired.")
  @OptionGroup var common: CommonOptions
  @Option(help: "Why; it is kept with the guard.") var reason: String
  @Argument(help: "The table whose guard is given back.") var table: String

  func validate() throws {
    if reason.allSatisfy(\.isWhitespace) { throw ValidationError("say why with --reason TEXT") }
  }

  func run() async throws {
    let variables = try common.variables()
    let target = try await common.open(variables, creating: false, saying: true)
    guard let guards = try await target.store.guards else {
      throw Refusal(
        "there is no guard table '\(common.guards.table(variables))', so there is nothing to release")
    }
    let now = GuardLease.Clock.system.now()
    let claim = try await guards.forceRelease(table, reason: signed(reason, variables), now: now)
    let report = GuardReport(claim, now: now)
    switch common.format {
    case .json: Console.answer(report.json.prettyText())
    case .text: Console.answer("released the guard of \(claim.table), held by \(report.holder)")
    }
  }

  /// The reason, and who gives it.
  private func signed(_ reason: String, _ variables: Variables) -> String {
    "\(reason) (\(Actors.current(variables).name))"
  }
}
