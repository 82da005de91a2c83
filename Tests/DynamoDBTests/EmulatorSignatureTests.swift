import Foundation
import DynamoJournalHTTP
import DynamoJournalJSON
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

/// A server that checks signatures, and a user of it with a key.
struct CheckedServer: Sendable {
  @TaskLocal static var running: CheckedServer?

  let url: String
  let key: AWSCredentials

  struct Scope: SuiteTrait, TestScoping {
    func provideScope(
      for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
      try await withTemporaryFolder { folder in
        let server = try await Emulator.start(.ministack, in: folder, checksSignatures: true)
        let result: Result<Void, any Error>
        do {
          let key = try await makeKey(at: server.url)
          result = .success(
            try await CheckedServer.$running.withValue(CheckedServer(url: server.url, key: key)) {
              try await function()
            })
        } catch {
          result = .failure(error)
        }
        await server.kill()
        try result.get()
      }
    }

    /// Calls with the root key `test` are not checked, so that keys can be made at all.
    private func makeKey(at url: String) async throws -> AWSCredentials {
      let policy = """
        {"Version":"2012-10-17","Statement":[\
        {"Effect":"Allow","Action":["dynamodb:*","sts:*"],"Resource":"*"},\
        {"Effect":"Deny","Action":"dynamodb:CreateBackup","Resource":"*"}]}
        """
      let root = AWSCredentials(accessKeyID: "test", secretAccessKey: "test")
      _ = try await query("iam", "CreateUser", ["UserName": "mig"], root, at: url)
      _ = try await query(
        "iam", "PutUserPolicy", ["UserName": "mig", "PolicyName": "p", "PolicyDocument": policy], root,
        at: url)
      let fields = try await query("iam", "CreateAccessKey", ["UserName": "mig"], root, at: url)
      return AWSCredentials(
        accessKeyID: try #require(fields["AccessKey/AccessKeyId"]),
        secretAccessKey: try #require(fields["AccessKey/SecretAccessKey"]))
    }
  }

  /// A call of one of AWS's form-and-XML services.
  static func query(
    _ service: String, _ action: String, _ parameters: [String: String], _ credentials: AWSCredentials,
    at url: String
  ) async throws -> XMLFields {
    let version = service == "iam" ? "2010-05-08" : "2011-06-15"
    let all = parameters.merging(["Action": action, "Version": version]) { $1 }
    let form = all.sorted { $0.key < $1.key }
      .map { "\($0.key)=\(CanonicalRequest.encoded($0.value.utf8))" }.joined(separator: "&")
    let headers = SigV4.signedHeaders(
      method: "POST", path: "/",
      headers: [
        ("Host", String(url.dropFirst("http://".count))),
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
      ],
      body: Array(form.utf8), credentials: credentials, region: "us-east-1", service: service,
      at: Int64(Date().timeIntervalSince1970))
    let http = try HTTPClient(configuration: HTTPClient.Configuration(environment: [:]))
    let reply = try await http.send(
      HTTPRequest("POST", url + "/", headers: headers, body: Array(form.utf8)))
    await http.shutdown()
    try #require(reply.status == 200, "\(action): \(String(decoding: reply.body, as: UTF8.self))")
    return try #require(XMLFields(parsing: reply.body))
  }
}

@Suite("A server that checks signatures", CheckedServer.Scope())
struct EmulatorSignatureTests {
  private func server() throws -> CheckedServer { try #require(CheckedServer.running) }

  private func tables(
    _ credentials: AWSCredentials, clock: Int64 = 0
  ) async throws -> [String] {
    var configuration = DynamoDBClient.Configuration.patient
    configuration.timing.date = { Int64(Date().timeIntervalSince1970) + clock }
    return try await withStore(
      at: try server().url, credentials: FixedCredentials(value: credentials), configuration: configuration
    ) { try await $0.store.tables() }
  }

  private func code(_ credentials: AWSCredentials) async -> String? {
    await #expect(throws: StoreError.self) { _ = try await tables(credentials) }?.code
  }

  @Test("takes a key's signature, and refuses that of a wrong secret or an unknown key")
  func secrets() async throws {
    let key = try server().key
    _ = try await tables(key)
    let wrong = AWSCredentials(accessKeyID: key.accessKeyID, secretAccessKey: "wrong")
    #expect(await code(wrong) == "InvalidSignatureException")
    let unknown = AWSCredentials(accessKeyID: "AKIAUNKNOWN000000000", secretAccessKey: "wrong")
    #expect(await code(unknown) == "UnrecognizedClientException")
  }

  @Test("takes items of every type, with names and values of every alphabet")
  func everyType() async throws {
    let server = try server()
    try await withStore(at: server.url, credentials: FixedCredentials(value: server.key)) { connected in
      let suite = StoreSuite(store: connected.store, prefix: "signed")
      let behaviour = try #require(
        StoreSuite.cases.first { $0.name == "every type comes back to the byte" })
      try await behaviour.run(suite)
    }
  }

  @Test("a clock that is 20 minutes off is corrected", arguments: [-1_200, 1_200])
  func clock(_ offset: Int64) async throws { _ = try await tables(try server().key, clock: offset) }

  @Test("takes a session's token, and refuses another")
  func sessionToken() async throws {
    let server = try server()
    let fields = try await CheckedServer.query("sts", "GetSessionToken", [:], server.key, at: server.url)
    let session = AWSCredentials(
      accessKeyID: try #require(fields["Credentials/AccessKeyId"]),
      secretAccessKey: try #require(fields["Credentials/SecretAccessKey"]),
      sessionToken: fields["Credentials/SessionToken"])
    #expect(session.sessionToken?.isEmpty == false)
    _ = try await tables(session)
    let other = AWSCredentials(
      accessKeyID: session.accessKeyID, secretAccessKey: session.secretAccessKey, sessionToken: "other")
    #expect(await code(other) == "UnrecognizedClientException")
  }

  @Test("what the policy does not allow is refused, and tried once")
  func policy() async throws {
    let server = try server()
    try await withStore(at: server.url, credentials: FixedCredentials(value: server.key)) { connected in
      let error = await #expect(throws: StoreError.self) {
        _ = try await connected.store.backUp("missing", as: "name")
      }
      #expect(error?.code == "AccessDeniedException" && error?.kind == .refused)
      #expect(await connected.client.statistics.requests == 1)
    }
  }

  @Test("says whose key it is")
  func caller() async throws {
    let server = try server()
    let endpoint = try ServiceEndpoint(server.url, region: "us-east-1", service: "sts")
    let http = try HTTPClient(configuration: HTTPClient.Configuration(environment: [:]))
    let identity = try await CallerIdentity.ask(
      endpoint, credentials: FixedCredentials(value: server.key), http: http)
    #expect(identity.arn.hasSuffix("user/mig") && identity.account.count == 12)
    let wrong = AWSCredentials(accessKeyID: server.key.accessKeyID, secretAccessKey: "wrong")
    let error = await #expect(throws: CallFailure.self) {
      _ = try await CallerIdentity.ask(endpoint, credentials: FixedCredentials(value: wrong), http: http)
    }
    #expect(error?.code == "SignatureDoesNotMatch")
    await http.shutdown()
  }
}
