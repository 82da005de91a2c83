import FlyingFox
import Foundation
import TestSupport
import Testing

/// Secrets are looked for wherever others may see them: the process list, what is printed, what is written.
@Suite(
  "Secrets", .serialized,
  .enabled(
    if: FileManager.default.fileExists(atPath: "/proc/self/cmdline"), "the process list is read in /proc"))
struct SecretsTests {
  private static let canaries = ["canary-secret-key", "canary-session-token", "canary-api-key"]

  /// Keeps the API's answer back until the process list has been looked at.
  private actor Gate {
    private var isOpen = false
    private var hasArrived = false
    private(set) var keys: [String?] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func arrive(_ key: String?) async {
      keys.append(key)
      hasArrived = true
      wake()
      await wait { $0.isOpen }
    }

    func arrival() async { await wait { $0.hasArrived } }

    func open() {
      isOpen = true
      wake()
    }

    private func wait(_ condition: (isolated Gate) -> Bool) async {
      while !condition(self) { await withCheckedContinuation { waiting.append($0) } }
    }

    private func wake() {
      for one in waiting { one.resume() }
      waiting = []
    }
  }

  /// Hands out the keys, as a program of the user's would, and writes down what the process list says meanwhile.
  private func credentialsProgram(_ folder: String) throws -> [String: String] {
    let program = folder + "/credentials"
    let text = """
      #!/bin/sh
      tr '\\0' ' ' </proc/$$/cmdline >>"\(folder)/seen"
      tr '\\0' ' ' </proc/$PPID/cmdline >>"\(folder)/seen"
      echo '{"Version":1,"AccessKeyId":"AKIAEXAMPLE","SecretAccessKey":"\(Self.canaries[0])","SessionToken":"\(Self.canaries[1])"}'
      """
    try write(text, to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
    try write("[profile canary]\ncredential_process = \(program)\n", to: folder + "/config")
    return ["AWS_CONFIG_FILE": folder + "/config", "BACKEND_API_KEY": Self.canaries[2]]
  }

  private func expectNone(_ text: String, _ place: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(!text.isEmpty, "nothing was looked at in \(place)", sourceLocation: location)
    for canary in Self.canaries {
      #expect(!text.contains(canary), "\(canary) in \(place)", sourceLocation: location)
    }
  }

  /// Runs `body` with tables on a server, and the program with its secrets.
  private func withSecrets(
    _ body: (_ data: OperatorFolder, _ product: Product, _ credentials: String) async throws -> Void
  ) async throws {
    try await withOperators { data in
      for name in ["server", "home", "secrets"] {
        try FileManager.default.createDirectory(
          atPath: "\(data.folder)/\(name)", withIntermediateDirectories: true)
      }
      let server = try await Emulator.start(.roto, in: data.folder + "/server")
      let secrets = try credentialsProgram(data.folder + "/secrets")
      let environment = data.product(secrets.merging(["SPARTA_TARGET": server.url]) { $1 }).environment
      let product = Product(in: data.folder + "/home", environment: environment)
      let result: Result<Void, any Error>
      do {
        try await product.succeed("tables", "import", source, data.operatorsFile, "--key", "discordId:S")
        try await product.succeed(
          "tables", "create", target, "--key", "address:S", "--index", "DiscordIdIndex=discordId:S")
        result = .success(try await body(data, product, data.folder + "/secrets"))
      } catch { result = .failure(error) }
      await server.kill()
      try result.get()
    }
  }

  @Test("no secret is in the process list, what is printed, the journal, a report or an export")
  func nowhere() async throws {
    try await withSecrets { data, product, credentials in
      let (gate, reply) = (Gate(), data.reply)
      let answer = { @Sendable (request: HTTPRequest) async -> HTTPResponse in
        await gate.arrive(request.headers[HTTPHeader("x-api-key")])
        return HTTPResponse(statusCode: .ok, body: Data(reply.utf8))
      }
      try await withServer(answer) { url in
        let product = Product(
          in: product.folder, environment: product.environment.merging(["API_URL": url]) { $1 })
        let outcome = try await withTemporaryFolder { scratch in
          let child = try await product.start(
            ["run", rekeying, "--yes", "--verbose", "--profile", "canary", "--reason", "a test"],
            scratch: scratch)
          await gate.arrival()
          let seen = processList(child.processIdentifier)
          await gate.open()
          #expect(seen.contains("--profile canary"))
          expectNone(seen, "the process list")
          return Shell.Outcome(
            status: try await child.wait(), output: try child.output(), errors: try child.errors())
        }
        #expect(outcome.status == 0, "\(outcome.errors)")
        // They were in use: what was not there could not be seen.
        #expect(await gate.keys == [Self.canaries[2]])
        expectNone(outcome.output, "the answer")
        expectNone(outcome.errors, "the log")
      }
      let seen = try String(contentsOfFile: credentials + "/seen", encoding: .utf8)
      #expect(seen.contains("--verbose"))
      expectNone(seen, "the process list of the program for credentials")
      try await expectNoneSaid(product)
      try expectNoneWritten(product.folder)
    }
  }

  @Test("no secret is in the sentence with which a run is refused")
  func refusals() async throws {
    try await withSecrets { _, product, _ in
      let answer = { @Sendable (request: HTTPRequest) async -> HTTPResponse in
        // A server that tells all it was told.
        let told = request.headers.map { "\($0.key.rawValue): \($0.value)" }.joined(separator: "\n")
        return HTTPResponse(statusCode: .forbidden, body: Data("\(request.path)\n\(told)".utf8))
      }
      try await withServer(answer) { url in
        let variables = [
          "API_URL": url, "VALIDATOR_HISTORY_TABLE_NAME": "history",
          "AZTEC_RPC_URL": url.replacingOccurrences(
            of: "://", with: "://\(Self.canaries[0]):\(Self.canaries[1])@")
            + "/rpc?key=\(Self.canaries[2])",
        ]
        let product = Product(in: product.folder, environment: product.environment.merging(variables) { $1 })
        try await product.succeed(
          "tables", "create", "history", "--key", "validatorAddress:S", "--sort", "slot:N")
        for migration in [rekeying, "05_populate_validator_history"] {
          let outcome = try await product.run("run", migration, "--yes", "--verbose", "--profile", "canary")
          #expect(outcome.status == 2 && outcome.errors.contains("403"), "\(outcome.errors)")
          expectNone(outcome.errors, "the refusal of \(migration)")
        }
      }
      try expectNoneWritten(product.folder)
    }
  }

  // MARK: Where to look

  /// The command lines of a process and of all below it.
  private func processList(_ process: Int32) -> String {
    let own = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
    let children = threads.flatMap { thread -> [Substring] in
      let list = try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/children", encoding: .utf8)
      return (list ?? "").split(separator: " ")
    }
    return own.replacingOccurrences(of: "\0", with: " ") + "\n"
      + children.compactMap { Int32($0) }.map(processList).joined()
  }

  private func expectNoneSaid(_ product: Product) async throws {
    let commands = [
      ["show", "latest"], ["report", "latest"], ["report", "latest", "--format", "json"],
      ["report", "latest", "--format", "markdown"], ["audit", "--format", "json"],
      ["runs", "--format", "json"],
      ["verify", "latest", "--verbose"], ["backups", "--verbose"], ["tables", "export", target, "--verbose"],
      ["rollback-plan", "latest", "--verbose"], ["rollback", "latest", "--yes", "--verbose"],
    ]
    for arguments in commands {
      let outcome = try await product.run(arguments)
      #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
      expectNone(outcome.output + outcome.errors, arguments.joined(separator: " "))
    }
  }

  private func expectNoneWritten(_ folder: String) throws {
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
    #expect(files.contains(".sparta/journal.sqlite"))
    for file in files {
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: "\(folder)/\(file)", isDirectory: &isFolder)
      guard exists && !isFolder.boolValue else { continue }
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
      for canary in Self.canaries {
        #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(canary) in \(file)")
      }
    }
  }
}
