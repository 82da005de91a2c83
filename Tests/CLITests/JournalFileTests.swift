import FlyingFox
import Foundation
import TestSupport
import Testing

@Suite("The journal's file") struct JournalFileTests {
  /// Commands that write, and would have to trust the journal.
  private static let writers = [
    ["run", rekeying], ["resume", "latest"], ["rollback", "latest"], ["rollback-plan", "latest"],
  ]

  /// Moves everything from the write-ahead log into the file, and replaces bytes of it.
  private func patch(_ path: String, _ old: [UInt8], _ new: [UInt8]) throws {
    try JournalSample.withoutTriggers(path) { _ in }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let range = try #require(bytes.range(of: Data(old)))
    bytes.replaceSubrange(range, with: new)
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  @Test("a file that is not a journal is refused and left as it is")
  func noDatabase() async throws {
    try await withOperators { data in
      let path = data.folder + "/notes.txt"
      for text in [
        "Dear diary, this is no database, and it is longer than a header of a hundred bytes would be ……………",
        "two\n",
      ] {
        try write(text, to: path)
        let readers = [["show", "latest"], ["audit"], ["audit", "verify"], ["runs"], ["list"]]
        try await expectRefusals(
          data,
          (Self.writers + readers).map { ($0 + ["--journal", path], 4, ["notes.txt", "not a journal"]) })
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
      }
      try await expectRefusal(
        data, ["run", rekeying, "--journal", data.store], 4, ["tables.sqlite", "not a journal"])
    }
  }

  @Test(
    "a journal that a killed command left empty is not called foreign: it says what to do, and the next run fills it"
  )
  func empty() async throws {
    try await withOperators { data in
      let path = data.folder + "/empty.sqlite"
      try write("", to: path)
      chmod(path, 0o600)
      let readers = [
        ["show", "latest"], ["resume", "latest"], ["rollback", "latest"], ["audit"], ["audit", "verify"],
      ]
      try await expectRefusals(
        data,
        readers.map {
          ($0 + ["--journal", path], 2, ["is empty", "no table was changed", "run that command again"])
        })
      let listed = try await data.product().succeed("list", "--journal", path)
      #expect(listed.contains(rekeying))
      let examined = try await data.product().run("doctor", "--journal", path)
      #expect(examined.output.contains("it is empty: the next run fills it"), "\(examined.output)")
      try await data.product().succeed("run", rekeying, "--journal", path)
      try await data.product().succeed("rollback", "latest", "--journal", path)
    }
  }

  @Test("a pipe where the journal or the tables should be is refused, and nobody waits for it")
  func pipe() async throws {
    try await withOperators { data in
      #expect(mkfifo(data.folder + "/pipe", 0o600) == 0)
      let commands = [["run", rekeying], ["show", "latest"], ["audit", "verify"], ["runs"]]
      try await expectRefusals(
        data, commands.map { ($0 + ["--journal", data.folder + "/pipe"], 4, ["/pipe'", "name another"]) })
      let listed = try await data.product().run("tables", "list", "--target", "local:\(data.folder)/pipe")
      #expect(listed.status == 2 && listed.sentence.contains("pipe"), "\(listed.errors)")
    }
  }

  @Test("a journal of a newer version is declined with both versions")
  func newer() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying)
      let before = try await Snapshot.take(data)
      try JournalSample.withoutTriggers(data.journal) { _ in }
      var bytes = try Data(contentsOf: URL(fileURLWithPath: data.journal))
      // The user version: a big-endian number at offset 60 (https://sqlite.org/fileformat2.html, 1.3).
      bytes[63] = 7
      try bytes.write(to: URL(fileURLWithPath: data.journal))
      for command in Self.writers + [["show", "latest"], ["audit"], ["audit", "verify"]] {
        let outcome = try await data.product().run(command)
        expectSentence(outcome, 4, ["has format 7", "reads up to 2", "newer sparta-journal"])
      }
      bytes[63] = 2
      try bytes.write(to: URL(fileURLWithPath: data.journal))
      #expect(try await Snapshot.take(data) == before)
    }
  }

  @Test(
    "with one byte of an image changed, nothing is run, resumed or rolled back, and the first bad event is named"
  )
  func oneByte() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying, "--dry-run")
      let before = try await Snapshot.take(data)
      try patch(data.journal, Array(#""score":{"N":"3.5"}"#.utf8), Array(#""score":{"N":"4.5"}"#.utf8))
      for command in Self.writers + [["audit", "verify"]] {
        let outcome = try await data.product().run(command)
        expectSentence(outcome, 4, ["damaged at event ", "journal recover"])
      }
      #expect(try await Snapshot.take(data) == before)
    }
  }

  @Test("audit verify counts the events of a journal that is whole")
  func verify() async throws {
    try await withOperators { data in
      let answer: RunAnswer = try await data.product().run("run", rekeying, "--format", "json").decoded()
      let outcome = try await data.product().run("audit", "verify", "--format", "json")
      #expect(outcome.status == 0)
      #expect(
        try outcome.members() == ["journal", "events", "journalHead", "head", "intact", "firstBad", "anchor"])
      struct Verified: Decodable {
        let events: Int
        let journalHead: String
        let intact: Bool
      }
      let verified: Verified = try outcome.decoded()
      #expect(verified.journalHead == answer.journalHead)
      #expect(verified.intact)
      #expect(
        try await data.product().succeed("audit", "verify").hasPrefix("\(verified.events) events, intact"))
    }
  }

  @Test("a journal that can't be made is refused, and no table is touched")
  func notWritable() async throws {
    try await withOperators { data in
      // A file where a folder is needed refuses everybody, root included, as a read-only folder does others.
      try write("", to: data.folder + "/file")
      let paths = ["file/journal.sqlite", "file/deep/journal.sqlite", "/proc/journal.sqlite", "."]
      try await expectRefusals(
        data, paths.map { (["run", rekeying, "--journal", $0], 4, ["'\($0)'", "--journal"]) })
      expectSentence(
        try await data.product().run("show", "latest", "--journal", "file/journal.sqlite"), 2,
        ["no journal at"])
    }
  }

  @Test("the journal and its folder are for their owner only")
  func modes() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying)
      func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      }
      #expect(try mode(data.journal) == 0o600)
      #expect(try mode(data.store) == 0o600)
      #expect(try mode(data.folder + "/.sparta") == 0o700)
    }
  }

  @Test(
    "a journal that another process writes to is left to it, by number; Ctrl-C ends that one's wait for the API"
  )
  func inUse() async throws {
    try await withOperators { data in
      let (asked, asking) = AsyncStream<Void>.makeStream()
      let (over, ending) = AsyncStream<Void>.makeStream()
      try await withServer({ _ in
        asking.finish()
        for await _ in over {}
        return HTTPResponse(statusCode: .ok)
      }) { url in
        try await withTemporaryFolder { scratch in
          let slow = data.product(["API_URL": url, "BACKEND_API_KEY": "k"])
          let first = try await slow.start(["run", rekeying], scratch: scratch)
          for await _ in asked {}
          let pid = String(first.processIdentifier)
          for command in [["run", rekeying], ["resume", "latest"], ["rollback", "latest"]] {
            expectSentence(try await data.product().run(command), 4, ["in use by process \(pid)"])
          }
          let shown: RunAnswer = try await data.product().run("show", "latest", "--format", "json").decoded()
          #expect(shown.state == "planning")
          first.send(SIGINT)
          let end = Shell.Outcome(
            status: try await first.wait(), output: try first.output(), errors: try first.errors())
          expectSentence(end, 3, ["sparta-journal resume \(shown.run)"])
        }
        ending.finish()
      }
      // The run keeps to the address that it plans from: another one that the environment names is not asked instead.
      let resumed = try await data.product(["BACKEND_API_KEY": "k"]).run("resume")
      expectSentence(resumed, 2, ["the run was started with API_URL http://127.0.0.1", "nothing was sent"])
      #expect(try await data.product().run("run", rekeying).status == 0)
    }
  }
}
