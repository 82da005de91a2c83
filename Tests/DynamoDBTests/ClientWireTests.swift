import DynamoJournalProgram
import Foundation
import DynamoJournalHTTP
import DynamoJournalJSON
import Logging
import DynamoJournalTables
import TestSupport
import Testing

@testable import DynamoJournalClient

@Suite("Calls on the wire")
struct ClientWireTests {
  private static let key = Key(["id": .string("a")])
  private static let item: StubAnswer = StubAnswer(["Item": ["id": ["S": "a"], "x": ["N": "1"]]])

  @Test("a call names its target, type and host, and is signed")
  func headers() async throws {
    try await withScript(["ListTables": [StubAnswer(["TableNames": ["b", "a"]])]]) { store, script in
      #expect(try await store.tables() == ["a", "b"])
      let headers = try #require(await script.calls.first).headers
      #expect(headers["x-amz-target"] == "DynamoDB_20120810.ListTables")
      #expect(headers["content-type"] == "application/x-amz-json-1.0")
      #expect(headers["host"] == store.client.endpoint.host)
      #expect(headers["host"]?.hasPrefix("127.0.0.1:") == true)
      #expect(headers["authorization"]?.hasPrefix("AWS4-HMAC-SHA256 Credential=test/") == true)
    }
  }

  @Test("an error's name is read with and without its namespace", arguments: [true, false])
  func namespace(_ namespace: Bool) async throws {
    let answers: [String: [StubAnswer]] = [
      "DescribeTable": [.error("ResourceNotFoundException", namespace: namespace)],
      "CreateBackup": [.error("TableNotFoundException", namespace: namespace)],
    ]
    try await withScript(answers) { store, _ in
      let description = try await store.describe("things")
      #expect(description == nil)
      let error = await #expect(throws: StoreError.self) { _ = try await store.backUp("things", as: "name") }
      #expect(error?.code == "TableNotFoundException")
    }
  }

  @Test("a call that a server does not know is UnknownOperationException", arguments: [400, 501])
  func unknownOperation(_ status: Int) async throws {
    let code = status == 501 ? "NotImplementedException" : "UnknownOperationException"
    try await withScript(["CreateBackup": [.error(code, status: status)]]) { store, script in
      let error = await #expect(throws: StoreError.self) { _ = try await store.backUp("things", as: "name") }
      #expect(error?.code == "UnknownOperationException" && error?.kind == .refused)
      #expect(await script.count("CreateBackup") == 1)
    }
  }

  @Test("faults and throttles are waited out and counted")
  func retries() async throws {
    let clock = SteppingClock()
    let answers: [String: [StubAnswer]] = [
      "DescribeTable": [.table()],
      "GetItem": [
        .error("InternalServerError", status: 500), .error("ThrottlingException"),
        .error("ProvisionedThroughputExceededException", headers: ["Retry-After": "3"]), Self.item,
      ],
    ]
    try await withScript(answers, configuration: .hasty(clock)) { store, script in
      let item = try await store.item(Self.key, in: "things")
      #expect(item?["x"] == .number(1))
      #expect(await script.count("GetItem") == 4)
      let statistics = await store.client.statistics
      #expect(statistics.requests == 5 && statistics.retries == 3)
      #expect(
        statistics.throttles == ["ThrottlingException": 1, "ProvisionedThroughputExceededException": 1])
      // Half of 0.2 s by the fixed chance, and the server's 3 s.
      #expect(statistics.throttledTime >= .milliseconds(3_100))
      #expect(clock.sleeps.contains(.seconds(3)))
    }
  }

  @Test("a server that stays down is given up within the budget, as unavailable")
  func givesUp() async throws {
    let clock = SteppingClock()
    var configuration = DynamoDBClient.Configuration.hasty(clock)
    configuration.retry.budget = .seconds(30)
    try await withScript(
      ["ListTables": [.error("ServiceUnavailable", status: 503)]], configuration: configuration
    ) { store, script in
      let error = await #expect(throws: StoreError.self) { _ = try await store.tables() }
      #expect(error?.kind == .unavailable && error?.code == "ServiceUnavailable")
      #expect(await script.count("ListTables") > 5)
      #expect(clock.timing.elapsed() <= .seconds(30))
    }
  }

  @Test("nobody there is unavailable")
  func nobodyThere() async throws {
    let port = try FreePort.find()
    try await withStore(at: "http://127.0.0.1:\(port)", configuration: .hasty()) { connected in
      let error = await #expect(throws: StoreError.self) { _ = try await connected.store.tables() }
      #expect(error?.kind == .unavailable && error?.code == "ConnectionFailed")
    }
  }

  @Test("a body that was cut short is no success, though its status is 200")
  func truncated() async throws {
    let whole = Self.item.body
    let cut = StubAnswer(bytes: Array(whole.prefix(whole.count / 2)))
    let answers = [
      "DescribeTable": [StubAnswer.table()], "GetItem": [cut, StubAnswer(bytes: []), Self.item],
    ]
    try await withScript(answers) { store, script in
      let item = try await store.item(Self.key, in: "things")
      #expect(item?["x"] == .number(1))
      #expect(await script.count("GetItem") == 3)
    }
  }

  @Test("bytes that were flipped are found by the checksum")
  func flipped() async throws {
    let whole = Self.item.body
    let checksum = ["x-amz-crc32": "\(Checksum.crc32(whole))"]
    // Still JSON, but another number.
    let flipped = whole.map { $0 == UInt8(ascii: "1") ? UInt8(ascii: "3") : $0 }
    let answers = [
      "DescribeTable": [StubAnswer.table()],
      "GetItem": [
        StubAnswer(bytes: flipped, headers: checksum), StubAnswer(bytes: whole, headers: checksum),
      ],
    ]
    try await withScript(answers) { store, script in
      let item = try await store.item(Self.key, in: "things")
      #expect(item?["x"] == .number(1))
      #expect(await script.count("GetItem") == 2)
    }
  }

  @Test(
    "a hot key is told from a throttled table by the reasons, in either spelling",
    arguments: ["ThrottlingReasons", "throttlingReasons"])
  func hotKey(_ member: String) throws {
    func error(_ reasons: String...) throws -> ServiceError {
      let reasons = reasons.map { ["reason": .string($0), "resource": "arn"] as JSONValue }
      let answer = StubAnswer.error("ThrottlingException", [member: .array(reasons)])
      let reply = HTTPReply(status: 400, body: answer.body)
      guard case .failure(.service(let error)) = ReplyReader(reply: reply, signedAt: 0).read() else {
        throw StubProblem.noPort
      }
      return error
    }
    #expect(try error("TableWriteKeyRangeThroughputExceeded").isHotKey)
    #expect(try error("IndexWriteKeyRangeThroughputExceeded").isHotKey)
    let both = try error("TableWriteKeyRangeThroughputExceeded", "TableWriteAccountLimitExceeded")
    #expect(!both.isHotKey && both.isThrottle)
    #expect(try !error().isHotKey)
  }

  @Test("a hot key holds back its own items and no others")
  func hotKeyHeld() async throws {
    let reasons: JSONValue = [["reason": "TableReadKeyRangeThroughputExceeded", "resource": "arn"]]
    let hot = StubAnswer.error("ThrottlingException", ["throttlingReasons": reasons])
    let clock = SteppingClock()
    var configuration = DynamoDBClient.Configuration.hasty(clock)
    configuration.retry = RetryPolicy(maximumAttempts: 1)
    let cool = StubAnswer(["Item": ["id": ["S": "cool"]]])
    let answers = ["DescribeTable": [StubAnswer.table()], "GetItem": [hot, cool, Self.item]]
    try await withScript(answers, configuration: configuration) { store, _ in
      await #expect(throws: StoreError.self) { _ = try await store.item(Self.key, in: "things") }
      _ = try await store.item(Key(["id": .string("cool")]), in: "things")
      #expect(clock.sleeps.isEmpty)
      _ = try await store.item(Self.key, in: "things")
      #expect(clock.sleeps.count == 1)
      #expect(await store.client.statistics.throttledTime > .zero)
    }
  }

  @Test("the checksum is zlib's CRC-32")
  func checksum() {
    #expect(Checksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(Checksum.crc32([]) == 0)
  }

  @Test("a wrong clock is learned from the reply's date, and kept for later calls")
  func clock() async throws {
    let clock = SteppingClock(date: 784_111_777)
    let date = "Sun, 06 Nov 1994 09:08:49 GMT"
    let answers: [String: [StubAnswer]] = [
      "ListTables": [
        .error("InvalidSignatureException", headers: ["Date": date]), StubAnswer(["TableNames": []]),
      ]
    ]
    try await withScript(answers, configuration: .hasty(clock)) { store, script in
      _ = try await store.tables()
      _ = try await store.tables()
      let dates = await script.calls.map { $0.headers["x-amz-date"] }
      #expect(dates == ["19941106T084937Z", "19941106T090849Z", "19941106T090849Z"])
    }
  }

  @Test("a wrong secret is not tried for ever")
  func wrongSecret() async throws {
    try await withScript(["ListTables": [.error("InvalidSignatureException")]]) { store, script in
      let error = await #expect(throws: StoreError.self) { _ = try await store.tables() }
      #expect(error?.code == "InvalidSignatureException" && error?.kind == .unavailable)
      #expect(await script.count("ListTables") == 1)
    }
  }

  @Test("credentials that have expired are renewed, once")
  func expired() async throws {
    let source = NumberedCredentials()
    let answers: [String: [StubAnswer]] = [
      "ListTables": [.error("ExpiredTokenException"), StubAnswer(["TableNames": []])],
      "DescribeTable": [.error("UnrecognizedClientException")],
    ]
    try await withScript(answers, credentials: source) { store, script in
      _ = try await store.tables()
      let names = await script.calls.map { $0.headers["authorization"]?.contains("Credential=key2/") }
      #expect(names == [false, true])
      let error = await #expect(throws: StoreError.self) { _ = try await store.describe("things") }
      #expect(error?.kind == .unavailable)
      #expect(await script.count("DescribeTable") == 2)
    }
  }

  @Test("without credentials the target is unavailable, in the source's own words")
  func noCredentials() async throws {
    try await withScript([:], credentials: NoCredentials()) { store, script in
      let error = await #expect(throws: StoreError.self) { _ = try await store.tables() }
      #expect(error?.kind == .unavailable && error?.message == "no source has any")
      #expect(await script.calls.isEmpty)
    }
  }

  @Test("an answer that is not DynamoDB's is no refusal of a change")
  func somebodyElse() async throws {
    let page = StubAnswer(bytes: Array("<html>Forbidden</html>".utf8), status: 403)
    let answers = ["DescribeTable": [StubAnswer.table()], "PutItem": [page]]
    try await withScript(answers) { store, _ in
      let change = Change(table: "things", key: Self.key, before: nil, after: ["id": .string("a")])
      let error = await #expect(throws: StoreError.self) { _ = try await store.write([[change]]) }
      #expect(error?.kind == .unavailable && error?.code == "UnreadableReply")
    }
  }

  @Test("a cancelled task ends its waiting")
  func cancelled() async throws {
    try await withScript(["ListTables": [.error("ServiceUnavailable", status: 503)]], configuration: .init())
    {
      store, _ in
      let task = Task { try await store.tables() }
      task.cancel()
      await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
  }

  @Test("the log tells of calls, never of what is in them")
  func log() async throws {
    let lines = LogLines()
    var logger = Logger(label: "test") { _ in LineHandler(lines: lines) }
    logger.logLevel = .debug
    let answers = ["DescribeTable": [StubAnswer.table()], "GetItem": [Self.item]]
    try await withScript(answers) { store, _ in
      let http = try HTTPClient(configuration: HTTPClient.Configuration(environment: [:]))
      let secret = AWSCredentials(
        accessKeyID: "AKIACANARY", secretAccessKey: "canarysecret", sessionToken: "canarytoken")
      let client = DynamoDBClient(
        endpoint: store.client.endpoint, credentials: FixedCredentials(value: secret), http: http,
        logger: logger)
      _ = try await DynamoDBStore(client: client).item(Self.key, in: "things")
      await http.shutdown()
    }
    let text = lines.all.joined(separator: "\n")
    #expect(
      text.contains("operation=GetItem") && text.contains("table=things") && text.contains("status=200"))
    for word in ["canary", "CANARY", "\"x\"", "{"] { #expect(!text.contains(word)) }
  }

  @Test("an error's description holds nothing of an unreadable body")
  func description() {
    let reply = UnreadableReply(status: 200, problem: .shape, body: Array("canary".utf8))
    #expect(!CallFailure.unreadable(reply).description.contains("canary"))
    #expect(reply.body == Array("canary".utf8))
  }
}

@Suite("Endpoints")
struct ClientEndpointTests {
  @Test("AWS's own are named by region")
  func aws() throws {
    #expect(try ServiceEndpoint.aws(region: "eu-west-1").url == "https://dynamodb.eu-west-1.amazonaws.com/")
    let china = try ServiceEndpoint.aws(region: "cn-north-1", service: "sts")
    #expect(china.host == "sts.cn-north-1.amazonaws.com.cn")
  }

  @Test("the host is what libcurl says in its header: with the port unless it is the scheme's own")
  func host() throws {
    let given = [
      "http://127.0.0.1:8000": "127.0.0.1:8000", "http://localhost/": "localhost",
      "https://h.example:443": "h.example", "https://h.example:8443/": "h.example:8443",
      "http://[::1]:8000": "[::1]:8000",
    ]
    for (url, host) in given { #expect(try ServiceEndpoint(url, region: "r").host == host) }
  }

  @Test(
    "credentials go in the open to this machine alone",
    arguments: ["h.example", "10.0.0.1", "127.0.0.1.example"])
  func plainText(_ host: String) throws {
    #expect(throws: EndpointError.plainText(host: host)) {
      _ = try ServiceEndpoint("http://\(host)", region: "us-east-1")
    }
    let allowed = try ServiceEndpoint("http://\(host)", region: "us-east-1", insecureAllowed: true)
    #expect(!allowed.isLoopback)
    for local in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "http://x.localhost"] {
      #expect(try ServiceEndpoint(local, region: "us-east-1").isLoopback)
    }
  }

  @Test(
    "what is not an endpoint is refused, and of what may be a secret nothing is shown",
    arguments: [
      "", "127.0.0.1:8000", "ftp://h", "http://", "http://h/SECRET", "http://h?SECRET", "http://u:SECRET@h",
      "http:/u:SECRET@h", "http://h%2FSECRET.localhost",
    ])
  func malformed(_ text: String) {
    let error = #expect(throws: EndpointError.self) { _ = try ServiceEndpoint(text, region: "r") }
    guard case .malformed = error else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(!"\(error as Any)".contains("SECRET"))
  }

  @Test("a region is a part of a host's name", arguments: ["", "a/b", "A", "a.b", "a b"])
  func region(_ region: String) {
    #expect(throws: EndpointError.badRegion(region)) { _ = try ServiceEndpoint.aws(region: region) }
  }

  @Test("dates of HTTP")
  func dates() {
    #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
    #expect(HTTPDate.seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
    #expect(HTTPDate.seconds("Thu, 29 Feb 2024 12:00:00 GMT") == 1_709_208_000)
    for bad in [
      "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Abc 1994 08:49:37 GMT",
    ] { #expect(HTTPDate.seconds(bad) == nil) }
  }
}

/// Gives another key after each refusal.
private actor NumberedCredentials: CredentialsSource {
  private var number = 1

  func credentials() async throws -> AWSCredentials {
    AWSCredentials(accessKeyID: "key\(number)", secretAccessKey: "secret")
  }

  func invalidate(_ refused: AWSCredentials) async {
    if refused.accessKeyID == "key\(number)" { number += 1 }
  }
}

private struct NoCredentials: CredentialsSource {
  struct Missing: Error, CustomStringConvertible {
    let description = "no source has any"
  }

  func credentials() async throws -> AWSCredentials { throw Missing() }
  func invalidate(_ refused: AWSCredentials) async {}
}

/// `@unchecked Sendable`: each access holds the lock.
private final class LogLines: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []

  var all: [String] { lock.withLock { lines } }
  func add(_ line: String) { lock.withLock { lines.append(line) } }
}

private struct LineHandler: LogHandler {
  let lines: LogLines
  var logLevel: Logger.Level = .trace
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let pairs = (event.metadata ?? [:]).map { "\($0)=\($1)" }.joined(separator: " ")
    lines.add("\(event.message) \(pairs)")
  }
}
