import Foundation
import DynamoJournalHTTP
import DynamoJournalJSON

/// A proxy before a server that breaks what its rules say (microburst).
package struct FaultProxy: Sendable {
  /// What the proxy looks at.
  package enum Transport: Sendable {
    /// Requests and replies: it knows AWS's calls, and can answer in the server's place.
    case http
    /// Bytes: it can cut a connection before the first byte of a reply.
    case tcp
  }

  /// The proxy.
  package let process: Emulator
  private let control: String

  /// The URL to send requests to, without a slash at the end.
  package var url: String { process.url }

  /// Starts a proxy before the server at `upstream` and returns when it answers.
  ///
  /// - Parameter folder: for its output; the caller removes it.
  package static func start(
    _ transport: Transport, before upstream: Emulator, in folder: String
  ) async throws -> FaultProxy {
    try await FreePort.use { try await start(transport, before: upstream, in: folder, port: $0) }
  }

  private static func start(
    _ transport: Transport, before upstream: Emulator, in folder: String, port: UInt16
  ) async throws -> FaultProxy {
    let controlPort = try FreePort.find()
    var command = Emulator.Command(
      program: try Emulator.path("microburst/bin/microburst"),
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder])
    command.arguments = ["--host", "127.0.0.1", "--port", "\(port)"]
    switch transport {
    case .http: command.arguments += ["--upstream", upstream.url]
    case .tcp:
      command.arguments += [
        "--protocol", "tcp", "--upstream", "127.0.0.1:\(upstream.port)", "--control-port", "\(controlPort)",
      ]
    }
    let process = try await Emulator(port: port, folder: folder, command: command)
    let control = transport == .http ? process.url : "http://127.0.0.1:\(controlPort)"
    let proxy = FaultProxy(process: process, control: control + "/_microburst/")
    try await proxy.setRules([])
    return proxy
  }

  /// Replaces all rules, and forgets what was done under the old ones.
  package func setRules(_ rules: [JSONValue]) async throws {
    _ = try await send("DELETE", "fired")
    _ = try await send("POST", "rules", JSONValue.array(rules).bytes())
  }

  /// The operations that a rule was applied to, in order.
  package func fired() async throws -> [String] {
    let reply = try JSONValue(parsing: try await send("GET", "fired?limit=100000"))
    return (reply.arrayValue ?? []).map { $0["operation"]?.stringValue ?? "" }
  }

  /// How many requests came so far, those that were broken included.
  package func requests() async throws -> Int {
    let stats = try JSONValue(parsing: try await send("GET", "stats"))
    guard let total = stats["requests"]?["total"]?.numberText.flatMap({ Int($0) }) else {
      throw EmulatorError.noAnswer(url: control + "stats", output: stats.text())
    }
    return total
  }

  private func send(_ method: String, _ path: String, _ body: [UInt8] = []) async throws -> [UInt8] {
    let client = try HTTPClient(configuration: HTTPClient.Configuration(environment: [:]))
    let headers = [(name: "Content-Type", value: "application/json")]
    let result: Result<HTTPReply, HTTPError>
    do throws(HTTPError) {
      result = .success(
        try await client.send(
          HTTPRequest(
            method, control + path, headers: headers, body: body, connectTimeout: .seconds(600),
            totalTimeout: .seconds(600), stallTimeout: nil)))
    } catch { result = .failure(error) }
    await client.shutdown()
    let reply = try result.get()
    guard (200..<300).contains(reply.status) else {
      throw EmulatorError.noAnswer(url: control + path, output: String(decoding: reply.body, as: UTF8.self))
    }
    return reply.body
  }
}
