import TestSupport
import Testing

/// The servers of a suite.
struct Servers: Sendable {
  @TaskLocal static var running = Servers()

  fileprivate(set) var servers: [Emulator.Kind: Emulator] = [:]
  fileprivate(set) var proxies: [Emulator.Kind: FaultProxy] = [:]

  /// The running server of that kind.
  static func server(_ kind: Emulator.Kind) throws -> Emulator {
    try #require(running.servers[kind], "the suite must have the trait .servers")
  }

  /// The proxy before the server of that kind.
  static func proxy(_ kind: Emulator.Kind) throws -> FaultProxy {
    try #require(running.proxies[kind], "the suite must have the trait .servers with a proxy")
  }
}

/// Starts servers before the first test of a suite and ends them after its last.
struct ServerScope: SuiteTrait, TestScoping {
  let kinds: [Emulator.Kind]
  let proxied: Emulator.Kind?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      var started: [Emulator] = []
      let result: Result<Void, any Error>
      do {
        var running = Servers()
        for kind in kinds {
          try Folder.make("\(folder)/\(kind)")
          let server = try await Emulator.start(kind, in: "\(folder)/\(kind)")
          started.append(server)
          running.servers[kind] = server
          guard kind == proxied else { continue }
          try Folder.make("\(folder)/proxy")
          let proxy = try await FaultProxy.start(.http, before: server, in: "\(folder)/proxy")
          started.append(proxy.process)
          running.proxies[kind] = proxy
        }
        result = .success(try await Servers.$running.withValue(running) { try await function() })
      } catch {
        result = .failure(error)
      }
      for process in started.reversed() { await process.kill() }
      try result.get()
    }
  }
}

extension Trait where Self == ServerScope {
  /// Runs the suite beside these servers, one of them behind a proxy if that is said.
  static func servers(_ kinds: Emulator.Kind..., proxied: Emulator.Kind? = nil) -> ServerScope {
    ServerScope(kinds: kinds, proxied: proxied)
  }
}
