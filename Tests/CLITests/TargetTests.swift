import Foundation
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@testable import SpartaJournalCommands

@Suite("A target is not its spelling") struct TargetIdentityTests {
  @Test("servers are compared by address, files by name, AWS by account and region")
  func equality() throws {
    let same = [
      ["http://h", "http://h:80/", "HTTP://H."].map { Target.endpoint($0) },
      ["http://localhost:1", "http://127.0.0.1:1/", "http://[::1]:1"].map { Target.endpoint($0) },
    ]
    for targets in same { #expect(Set(targets).count == 1) }
    let different: [Target] = [
      .endpoint("http://h"), .endpoint("https://h"), .endpoint("http://h:1"), .endpoint("http://u:p@h"),
      .local(path: "t"), .local(path: "./t"), .aws(nil), .aws(.init(number: "1", region: "r")),
      .aws(.init(number: "2", region: "r")),
    ]
    #expect(Set(different).count == different.count)
    #expect(Target.endpoint("http://u:p@h").address == nil)
  }

  @Test("a store that was opened says where its file is, without links")
  func location() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.sqlite"
      _ = try EmbeddedStore(path: path)
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "a.sqlite")
      var locations: [String?] = []
      for spelling in [path, "\(folder)/./a.sqlite", "\(folder)/link"] {
        let opened = try OpenTarget.local(spelling, "local:\(spelling)", creating: false)
        #expect(opened.name == "local:\(spelling)")
        locations.append(opened.location)
      }
      #expect(Set(locations) == [EmbeddedStore.location(of: path)])
    }
  }
}

@Suite("The store of a run, from any folder") struct RecordedTargetTests {
  /// A run's store in a folder, and another store, one that was made by copying, and one of an older program.
  private struct Stores {
    let recorded: RecordedTarget
    let folder: String

    init(_ folder: String) async throws {
      self.folder = folder
      let run = try EmbeddedStore(path: "\(folder)/run.sqlite")
      _ = try EmbeddedStore(path: "\(folder)/other.sqlite")
      recorded = RecordedTarget(
        identity: try await run.identity(),
        location: try #require(EmbeddedStore.location(of: "\(folder)/run.sqlite")), name: "local:run.sqlite")
    }

    func move(_ from: String, _ to: String) throws {
      for end in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: "\(folder)/\(from)\(end)")
      {
        try FileManager.default.moveItem(atPath: "\(folder)/\(from)\(end)", toPath: "\(folder)/\(to)\(end)")
      }
    }

    func expectRefused(
      named path: String?, _ words: String..., location: SourceLocation = #_sourceLocation
    ) {
      let refusal = #expect(throws: Refusal.self, sourceLocation: location) {
        _ = try recorded.path(named: path)
      }
      let message = refusal?.description ?? ""
      for word in words + [
        recorded.location, "local:run.sqlite", "--target local:PATH", "nothing was written",
      ] {
        #expect(message.contains(word), "'\(word)' is missing in: \(message)", sourceLocation: location)
      }
    }
  }

  private func withStores(_ body: (Stores) async throws -> Void) async throws {
    try await withTemporaryFolder { try await body(Stores($0)) }
  }

  @Test("the recorded path, whatever folder one is in")
  func recorded() async throws {
    try await withStores { stores in
      let path = try stores.recorded.path(named: nil)
      #expect(path == stores.recorded.location && path.hasPrefix("/"))
    }
  }

  @Test("a store that was moved is opened only where somebody names it")
  func moved() async throws {
    try await withStores { stores in
      try stores.move("run.sqlite", "moved.sqlite")
      stores.expectRefused(named: nil, "is not there")
      stores.expectRefused(named: "\(stores.folder)/run.sqlite", "is not there")
      stores.expectRefused(named: "\(stores.folder)/none.sqlite", "none.sqlite' is not there")
      let moved = "\(stores.folder)/moved.sqlite"
      let path = try stores.recorded.path(named: moved)
      #expect(path == moved)
    }
  }

  @Test("another store is refused, at the recorded path and where it is named")
  func another() async throws {
    try await withStores { stores in
      let other = "\(stores.folder)/other.sqlite"
      stores.expectRefused(named: other, other, "is another embedded store")
      try stores.move("run.sqlite", "away.sqlite")
      try stores.move("other.sqlite", "run.sqlite")
      stores.expectRefused(named: nil, "is another embedded store")
      #expect(!FileManager.default.fileExists(atPath: "\(stores.folder)/none.sqlite"))
    }
  }
}
