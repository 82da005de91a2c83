import DynamoJournalProgram
import DynamoJournalJSON
import DynamoJournalTables

/// Endpoint and region are fixed in the client; what can change under a run is whose credentials it uses, and what stands
/// at the endpoint.
extension DynamoDBStore {
  /// Scheme, host, port and region of the endpoint, and the account: AWS is asked whose the credentials are, another server
  /// tells by the ARN of its first table, or not at all.
  ///
  /// - Throws: `StoreError`.
  package func identity() async throws -> TargetIdentity {
    let endpoint = client.endpoint
    return .server(endpoint.address, region: endpoint.region, account: try await account())
  }

  /// Binds the store: each request is signed only with credentials of the account, and each table's ARN is compared.
  ///
  /// - Throws: `StoreError`.
  package func bind(to identity: TargetIdentity) async throws {
    if let difference = try await self.identity().difference(from: identity) {
      throw StoreError.targetChanged(difference)
    }
    await binding.bind(identity, key: try await accessKey())
    if let check = client.accounts, case .server(let server) = identity.kind, let account = server.account {
      await check.bind(to: account)
    }
    // What was seen before was not compared.
    await specs.forgetAll()
  }

  /// The guards in the guard table; nil when there is no such table.
  ///
  /// - Throws: `StoreError`, also for a table of another key; on another server than AWS's only for one that was named.
  package var guards: (any GuardKeeping)? {
    get async throws {
      let name = configuration.guardTable
      guard let facts = try await facts(of: name) else { return nil }
      guard facts.spec.key == TableGuards.spec(named: name).key else {
        // A server for tests may know every table by one description; nobody has asked for this one by name.
        if name == TableGuards.defaultName && configuration.place?.isAWS != true { return nil }
        throw StoreError.noGuardTable(name)
      }
      if !facts.isReady { try await waitUntilReady(name, configuration.patience.table) }
      return TableGuards(besides, table: name)
    }
  }

  /// The same store by a client of its own: a renewal that waited behind the run's writes, which may be limited to a few a
  /// second, would come too late. One that fails is soon tried again by its lease.
  private var besides: DynamoDBStore {
    let client = client.besides(
      retry: RetryPolicy(maximumAttempts: 8, budget: .seconds(10)), requestTimeout: .seconds(10))
    return DynamoDBStore(client: client, configuration: configuration, binding: binding)
  }

  /// To be called before each write: looks at the tables again when the credentials are others by now.
  ///
  /// Where accounts can be asked for, the client does so for each request.
  func confirmTarget(_ tables: Set<String>) async throws {
    guard client.accounts == nil, let bound = await binding.identity else { return }
    let key = try await accessKey()
    guard await binding.isNew(key) else { return }
    await specs.forgetAll()
    if let difference = try await identity().difference(from: bound) {
      throw StoreError.targetChanged("\(difference), since the credentials were changed")
    }
    for table in tables.sorted() { _ = try await facts(of: table) }
    await binding.looked(with: key)
  }

  private func accessKey() async throws -> String {
    do throws(CallFailure) {
      return try await client.credentials().accessKeyID
    } catch { throw error.thrown(.describeTable, on: nil) }
  }

  private func account() async throws -> String? {
    guard let check = client.accounts else { return try await accountOfFirstTable() }
    do throws(CallFailure) {
      return try await check.account(of: client.credentials())
    } catch { throw error.thrown(Operation("GetCallerIdentity"), on: nil) }
  }

  private func accountOfFirstTable() async throws -> String? {
    var body = RequestBody()
    body.add("Limit", 1)
    let reply = try await call(.listTables, body, on: nil)
    let names = try Self.read(.listTables) { try reply.json("TableNames")?.arrayValue }
    guard let name = names.first?.stringValue, let facts = try await facts(of: name) else { return nil }
    return TargetBinding.Origin(facts.arn)?.account
  }
}

extension StoreError {
  static func noGuardTable(_ name: String) -> StoreError {
    StoreError(
      code: "NotAGuardTable",
      "'\(name)' has another key than a guard table; name another with --guard-table, and make it with '\(Program.command("guard create"))'"
    )
  }
}
