import Testing

@testable import TestSupport

@Suite("Starting a server") struct EmulatorStartTests {
  private func command(_ script: String) -> Emulator.Command {
    Emulator.Command(
      program: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
  }

  @Test("one that ends before it answers is found out at once, with what it printed", .timeLimit(.minutes(5)))
  func ended() async throws {
    try await withTemporaryFolder { folder in
      // Far below the ten minutes after which a server that stays silent is given up.
      let error = await #expect(throws: EmulatorError.self) {
        try await Emulator(
          port: FreePort.find(), folder: folder, command: command("echo the port is taken; exit 3"))
      }
      guard case .ended(let output)? = error else {
        Issue.record("it ended, and something else was told: \(String(describing: error))")
        return
      }
      #expect(output == "the port is taken\n")
    }
  }

  @Test("where a server ended, another port is tried, a few times; any other error is final")
  func anotherPort() async throws {
    var ports: [UInt16] = []
    let taken = try await FreePort.use { port in
      ports.append(port)
      if ports.count < 3 { throw EmulatorError.ended(output: "taken") }
      return port
    }
    #expect(ports.count == 3 && ports.last == taken)
    var tries = 0
    await #expect(throws: EmulatorError.self) {
      try await FreePort.use { _ in
        tries += 1
        throw EmulatorError.ended(output: "taken")
      }
    }
    #expect(tries == 4)
    await #expect(throws: EmulatorError.self) {
      try await FreePort.use { _ in
        tries += 1
        throw EmulatorError.noAnswer(url: "u", output: "")
      }
    }
    #expect(tries == 5)
  }
}
