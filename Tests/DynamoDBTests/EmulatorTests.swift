import Foundation
import Tables
import TestSupport
import Testing

@testable import DynamoDB

@Suite("DynamoDB over the wire behaves as every store", .emulators)
struct EmulatorTests {
  /// One behaviour on one server.
  struct Trial: Sendable, CustomTestStringConvertible {
    let server: Emulator.Kind
    let behaviour: StoreSuite.Case

    var testDescription: String { "\(server.rawValue): \(behaviour.name)" }
  }

  /// What a server can't do, with the reason; every case that is left out needs one of these.
  static let lacking: [Emulator.Kind: [StoreSuite.Capability: String]] = [
    .ministack: [.numbersInOrder: "it scans a partition in the order of the numbers' texts"],
    .roto: [.onePageIsOneMegabyte: "it puts a whole table into one page"],
  ]

  static let trials = Emulator.Kind.allCases.flatMap { server in
    let able = Set(StoreSuite.Capability.allCases).subtracting(Set((lacking[server] ?? [:]).keys))
    return StoreSuite.cases(with: able).map { Trial(server: server, behaviour: $0) }
  }

  @Test("the suite of all stores", arguments: trials)
  func passes(_ trial: Trial) async throws {
    let url = try Emulators.server(trial.server).url
    let prefix = "t" + String(UUID().uuidString.prefix(8)).lowercased()
    try await withStore(at: url) { connected in
      try await trial.behaviour.run(StoreSuite(store: connected.store, prefix: prefix))
    }
  }
}
