import FlyingFox
import Foundation
import TestSupport
import Testing

@Suite("doctor on a server") struct DoctorWireTests {
  private static let writes = ["DeleteItem", "PutItem", "UpdateItem", "TransactWriteItems"]
  private static let canaries = ["canary-secret-key", "canary-session-token", "canary-api-key"]

  /// Asks about the migration on a server with these ways.
  private func ask(
    _ ways: DoctorStub.Ways = DoctorStub.Ways(),
    _ body: (DoctorAnswer, [DoctorStub.Call]) throws -> Void
  ) async throws {
    try await DoctorStub.use(ways) { url, stub in
      try await withTemporaryFolder { folder in
        let data = OperatorFolder(folder)
        try data.writeFiles()
        let answer = try await data.doctor([rekeying, "--target", url])
        try body(answer, await stub.calls)
      }
    }
  }

  @Test("every action is tried on every table, and no request could write")
  func harmless() async throws {
    try await ask { answer, calls in
      #expect(answer.healthy, "\(answer.checks)")
      #expect(answer.checks("clock").map(\.mark) == ["ok"])
      #expect(answer.checks("credentials").first?.found.contains("made up") == true)
      #expect(answer.checks("caller").map(\.mark) == ["skip"])
      let actions = [
        "DescribeTable", "Scan", "GetItem", "BatchGetItem", "DeleteItem", "PutItem", "UpdateItem",
        "TransactWriteItems", "ListBackups", "DescribeBackup",
      ]
      for table in [source, target] {
        let check = try #require(answer.checks("permissions", table).first)
        #expect(check.found == "allowed: " + actions.joined(separator: ", "))
      }
      #expect(Set(calls.map(\.operation)) == Set(actions + ["ListTables"]))
      for call in calls where Self.writes.contains(call.operation) {
        #expect(call.body.contains("attribute_exists(#k) AND attribute_not_exists(#k)"), "\(call)")
      }
    }
  }

  @Test(
    "an action that is denied is told by the name to grant, and the others are tried all the same",
    arguments: ["Scan", "GetItem", "DeleteItem", "PutItem", "UpdateItem", "DescribeBackup"])
  func denied(action: String) async throws {
    try await ask(DoctorStub.Ways(denied: [action])) { answer, calls in
      let failures = answer.checks("permissions").filter { $0.mark == "fail" }
      #expect(failures.map(\.subject) == [source, target])
      for failure in failures {
        #expect(failure.found.hasPrefix("\(action) is denied"))
        #expect(failure.remedy?.hasPrefix("grant dynamodb:\(action) on table '") == true)
      }
      #expect(calls.contains { $0.operation == "TransactWriteItems" })
      #expect(answer.kinds("fail") == ["permissions"])
    }
  }

  @Test("a transaction needs the permission for what is in it")
  func deniedTransaction() async throws {
    try await ask(DoctorStub.Ways(denied: ["TransactWriteItems"])) { answer, _ in
      let failure = answer.checks("permissions", source).first { $0.mark == "fail" }
      #expect(failure?.remedy?.contains("grant dynamodb:DeleteItem") == true, "\(answer.checks)")
    }
  }

  @Test("where the denial names another service's action, that one is to be granted")
  func deniedKey() async throws {
    try await ask(DoctorStub.Ways(denied: ["BatchGetItem"])) { answer, _ in
      let failure = answer.checks("permissions", source).first { $0.mark == "fail" }
      #expect(failure?.remedy?.contains("grant kms:Decrypt on table") == true, "\(answer.checks)")
    }
  }

  @Test("a table that may not be described is no missing one")
  func deniedDescription() async throws {
    try await ask(DoctorStub.Ways(denied: ["DescribeTable"])) { answer, _ in
      #expect(answer.checks("table").map(\.mark) == ["fail", "fail"])
      let remedies = answer.checks("table").map(\.remedy)
      #expect(remedies.first == "grant dynamodb:DescribeTable on table '\(source)'")
    }
  }

  @Test("listing tables is dispensable, so that its refusal is a warning")
  func deniedListing() async throws {
    try await ask(DoctorStub.Ways(denied: ["ListTables"])) { answer, _ in
      expectFailure(
        answer, "permissions", found: "ListTables is denied", remedy: "grant dynamodb:ListTables",
        mark: "warn")
      #expect(answer.healthy)
    }
  }

  @Test("a server that overlooks conditions is asked for one delete of nothing, and no other write")
  func overlooksConditions() async throws {
    try await ask(DoctorStub.Ways(overlooksConditions: true)) { answer, calls in
      let found = answer.checks("permissions", source).first { $0.mark == "fail" }?.found
      #expect(found?.contains("DeleteItem although its condition can't hold") == true)
      #expect(!calls.contains { ["PutItem", "UpdateItem", "TransactWriteItems"].contains($0.operation) })
    }
  }

  @Test(
    "a clock that is off by more than a minute is a warning, by more than five a failure",
    arguments: [(-20.0, "ok"), (120, "warn"), (-120, "warn"), (3_600, "fail"), (-3_600, "fail")])
  func clock(offset: Double, mark: String) async throws {
    try await ask(DoctorStub.Ways(clockOffset: offset)) { answer, _ in
      let check = try #require(answer.checks("clock").first)
      #expect(check.mark == mark, "\(check)")
      guard mark != "ok" else { return }
      #expect(check.found.contains(offset > 0 ? "behind the server's" : "ahead of the server's"))
      #expect(check.remedy?.contains("set the clock") == true)
    }
  }

  @Test("credentials that the server does not accept fail, and its tables are not asked for")
  func badCredentials() async throws {
    try await ask(DoctorStub.Ways(refusal: "UnrecognizedClientException")) { answer, calls in
      expectFailure(
        answer, "credentials", found: "the server refused its credentials", remedy: "session token")
      #expect(answer.checks("table").allSatisfy { $0.mark == "skip" })
      #expect(Set(calls.map(\.operation)) == ["ListTables"])
    }
  }

  @Test("a web page where DynamoDB should be is told")
  func webPage() async throws {
    try await withServer({ _ in HTTPResponse(statusCode: .ok, body: Data("<html>hello</html>".utf8)) }) {
      url in
      try await withTemporaryFolder { folder in
        let answer = try await OperatorFolder(folder).doctor(["--target", url])
        expectFailure(answer, "target", found: "is not DynamoDB's", remedy: "what stands at the endpoint")
      }
    }
  }

  @Test("nobody at the endpoint, no encryption, and an endpoint that is none fail")
  func unreachable() async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder)
      let cases = [
        ("http://127.0.0.1:9", "nobody answers at '127.0.0.1:9'", "server is running"),
        ("http://192.0.2.1:8000", "without encryption", "--insecure-endpoint"),
        (
          "http://user:\(Self.canaries[0])@127.0.0.1:9", "'http://127.0.0.1:9' is not an endpoint",
          "host and port"
        ),
        ("http://127.0.0.1:9/path", "is not an endpoint", "scheme, host and port"),
      ]
      for (url, found, remedy) in cases {
        let answer = try await data.doctor(["--target", url])
        expectFailure(answer, "target", found: found, remedy: remedy)
        #expect(!"\(answer)".contains(Self.canaries[0]))
        #expect(answer.checks("table").allSatisfy { $0.mark == "skip" })
        #expect(answer.checks("journal").map(\.mark) == ["ok"])
      }
    }
  }

  @Test("without credentials for AWS the places that were searched are told, and what to set")
  func noCredentials() async throws {
    try await withTemporaryFolder { folder in
      // Nothing leaves this machine: the proxy is a port where nobody answers.
      let answer = try await OperatorFolder(folder).doctor(
        ["--target", "aws"],
        [
          "AWS_EC2_METADATA_DISABLED": "true", "https_proxy": "http://127.0.0.1:9",
          "AWS_REGION": "eu-central-1",
        ])
      expectFailure(
        answer, "credentials", found: "no AWS credentials: the environment: AWS_ACCESS_KEY_ID is not set",
        remedy: "set AWS_PROFILE or AWS_ACCESS_KEY_ID")
      expectFailure(answer, "target", found: "nobody answers", remedy: "check the address")
      #expect(answer.checks("region").map(\.found) == ["eu-central-1"])
    }
  }

  @Test("no secret is shown, neither by a healthy server nor by one that refuses")
  func canaries() async throws {
    for ways in [DoctorStub.Ways(), DoctorStub.Ways(refusal: "InvalidSignatureException")] {
      try await DoctorStub.use(ways) { url, _ in
        try await withTemporaryFolder { folder in
          let secrets = [
            "SPARTA_TARGET": url, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": Self.canaries[0],
            "AWS_SESSION_TOKEN": Self.canaries[1], "BACKEND_API_KEY": Self.canaries[2],
            "API_URL": "http://127.0.0.1:1",
          ]
          let product = OperatorFolder(folder).product(secrets)
          for format in ["text", "json"] {
            let outcome = try await product.run("doctor", "--verbose", "--format", format)
            #expect(outcome.errors.contains("dynamodb call"), "\(outcome.errors)")
            for canary in Self.canaries {
              #expect(!outcome.output.contains(canary) && !outcome.errors.contains(canary), "\(canary)")
            }
          }
        }
      }
    }
  }

  @Test(
    "on servers of others all is well, every action is allowed, and the tables stay as they are",
    arguments: [Emulator.Kind.ministack, .roto])
  func emulators(_ kind: Emulator.Kind) async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorFolder(folder + "/data")
      for place in ["/server", "/data"] { try Folder.make(folder + place) }
      try data.writeFiles()
      let server = try await Emulator.start(kind, in: folder + "/server")
      let result: Result<Void, any Error>
      do {
        result = .success(try await expectHealthy(data, server.url))
      } catch { result = .failure(error) }
      await server.kill()
      try result.get()
    }
  }

  private func expectHealthy(_ data: OperatorFolder, _ url: String) async throws {
    let product = data.product(["SPARTA_TARGET": url])
    try await product.succeed("tables", "import", source, data.operatorsFile, "--key", "discordId:S")
    try await product.succeed(
      "tables", "create", target, "--key", "address:S", "--index", "DiscordIdIndex=discordId:S")
    try await product.succeed(
      "tables", "create", "history", "--key", "validatorAddress:S", "--sort", "slot:N")
    let tables = [source, target, "history"]
    var before: [[String]] = []
    for table in tables { before.append(try await product.export(table)) }
    let answer = try await data.doctor(
      ["--target", url], ["VALIDATOR_HISTORY_TABLE_NAME": "history"])
    #expect(answer.healthy && answer.kinds("warn").isEmpty, "\(answer.checks)")
    for table in tables {
      #expect(answer.checks("permissions", table).map(\.mark) == ["ok"], "\(answer.checks)")
    }
    var after: [[String]] = []
    for table in tables { after.append(try await product.export(table)) }
    #expect(after == before)
  }
}
