import Foundation
import DynamoJournalEvents
import DynamoJournalTables
import TestSupport
import Testing

/// Migration 06 on a server of which it sees only what the proxy lets through, and the same on the embedded store.
struct FaultedRun {
  static let migration = "06_add_wallet_to_operators"

  let data: OperatorData
  /// The program, told to go through the proxy.
  let product: Product
  /// The program, at the server itself.
  let direct: Product
  private let server: Emulator
  private let proxy: FaultProxy

  /// Runs `body` with loaded tables on the suite's server, or on the one behind that proxy.
  ///
  /// - Parameter variables: where the program finds its keys, which must not be of twelve digits.
  static func use(
    _ variables: [String: String] = [:], on server: Emulator? = nil, behind proxy: FaultProxy? = nil,
    _ body: (FaultedRun) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorData(folder: folder, count: 60)
      try data.write()
      let run = try FaultedRun(
        data, variables, server ?? Servers.server(.ministack), proxy ?? Servers.proxy(.ministack))
      try await run.proxy.setRules([])
      try await run.load()
      try await body(run)
      try await run.proxy.setRules([])
    }
  }

  private init(
    _ data: OperatorData, _ variables: [String: String], _ server: Emulator, _ proxy: FaultProxy
  ) throws {
    (self.data, self.server, self.proxy) = (data, server, proxy)
    // A key of twelve digits is an account of its own, with tables of its own; all others share one.
    let account = variables.isEmpty ? "\(Int.random(in: 100_000_000_000..<1_000_000_000_000))" : "any"
    let keys = ["AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "secret"]
    func product(_ name: String, _ variables: [String: String]) throws -> Product {
      try Folder.make("\(data.folder)/\(name)")
      return Product(
        in: "\(data.folder)/\(name)", environment: data.environment.merging(variables) { $1 })
    }
    direct = try product("direct", keys.merging(["SPARTA_TARGET": server.url]) { $1 })
    let others = variables.isEmpty ? keys : variables
    self.product = try product("run", others.merging(["SPARTA_TARGET": proxy.url]) { $1 })
  }

  private func load() async throws {
    for table in try await direct.succeed("tables", "list").split(separator: "\n") {
      Issue.record("the account has a table already: \(table)")
    }
    try await data.load(direct)
  }

  /// The tables as the embedded store has them after the same run.
  private func expected(_ options: [String]) async throws -> [String: [String]] {
    let folder = data.folder + "/embedded"
    try Folder.make(folder)
    let product = Product(in: folder, environment: data.environment)
    try await data.load(product)
    let outcome = try await product.run(["run", Self.migration] + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try await OperatorData.tables(product)
  }

  /// Runs the migration under a fault, and expects the tables to be as they are on the embedded store after the same run.
  ///
  /// - Parameter changes: how many the journal must call applied.
  func expectRight(_ fault: Fault, _ options: [String] = [], changes: Int) async throws -> Tally {
    let tally = try await run(fault, options)
    #expect(tally.outcome.status == 0, "\(tally.outcome.errors.suffix(2_000))")
    let tables = try await OperatorData.tables(direct)
    #expect(try await tables == expected(options))
    let applied = try await applied()
    #expect(applied.all == changes)
    // Nobody else was at work: what was found to be so is our own.
    #expect(applied.foreign == 0)
    try await product.succeed("verify", "latest")
    try await product.succeed("audit", "verify")
    #expect(tally.fired > 0, "nothing was broken")
    return tally
  }

  private func run(_ fault: Fault, _ options: [String]) async throws -> Tally {
    try await proxy.setRules(fault.rules)
    let before = try await proxy.requests()
    let outcome = try await product.run(
      ["run", Self.migration, "--yes", "--verbose"] + options + fault.options)
    let requests = try await proxy.requests() - before
    let fired = try await proxy.fired().count
    try await proxy.setRules([])
    return Tally(outcome: outcome, requests: requests, fired: fired)
  }

  /// How many changes were applied, and how many of these were found to be so, by the journal.
  func applied() async throws -> (all: Int, found: Int, foreign: Int) {
    let journal = try Journal(path: product.folder + "/.sparta/journal.sqlite", for: .read)
    var filter = AuditFilter()
    filter.event = .applied
    var details: [OutcomeDetail?] = []
    for try await page in try await journal.audit(filter) {
      for entry in page {
        details.append(try entry.event.detail.map { _ in try entry.event.decode(OutcomeDetail.self) })
      }
    }
    return (
      details.count, details.count { $0?.foundSo == true }, details.count { $0?.foreign == true }
    )
  }
}

/// What was counted in a run.
struct Tally {
  let outcome: Shell.Outcome
  /// Requests that the proxy saw.
  let requests: Int
  /// Requests that it broke.
  let fired: Int

  /// What the program says of its calls: one line each.
  private var calls: [Substring] {
    outcome.errors.split(separator: "\n").filter { $0.contains("dynamodb call") }
  }

  /// Calls that the program made.
  var made: Int { calls.count }

  /// Calls of which it had no usable answer; that there is no table of guards is one.
  var failed: Int { calls.count { !$0.contains("units=") && !$0.contains("code=ResourceNotFoundException") } }

  /// Writes that it was told were made.
  var writesAnswered: Int {
    calls.count {
      $0.contains("units=")
        && ($0.contains("operation=TransactWriteItems") || $0.contains("operation=PutItem"))
    }
  }
}
