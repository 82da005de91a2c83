import Foundation
import DynamoJournalJSON
import TestSupport
import Testing

@Suite("A hand on a running run", .serialized) struct ControlTests {
  @Test("a run is paused, seen, paced and let go on from another terminal, and the journal tells who asked")
  func pauseAndContinue() async throws {
    try await withSlowRun { data, bench in
      let paused = try await bench.product.run("pause", "--reason", "the lag grows", "--format", "json")
      #expect(paused.status == 0, "\(paused.errors)")
      #expect(try JSONValue(parsing: paused.output)["outcome"]?.stringValue == "done")
      let shown = try await bench.shown()
      #expect(shown["state"]?.stringValue == "applying")
      #expect(shown["work"]?["pause"]?["reason"]?.stringValue == "the lag grows")
      #expect(shown["counts"]?["inDoubt"]?.integerValue == 0)
      let text = try await bench.product.succeed("show", "latest")
      #expect(text.contains("applying (paused by ") && text.contains("(the lag grows)"))
      #expect(try await bench.product.succeed("runs").contains("applying, paused by "))
      #expect(try await bench.product.succeed("list").contains("applying, paused by "))
      #expect(try await bench.product.succeed("guard", "show").contains("held"))
      // Nobody else begins meanwhile, and what is asked twice is said to be so.
      expectSentence(try await bench.product.run("run", rekeying), 4, ["in use"])
      let again = try await bench.product.run("pause")
      #expect(again.status == 0 && again.output.contains("paused already, by "))
      let held = try await bench.applied()
      let paced = try await bench.product.run("pace", "--max-write-units", "none", "--concurrency", "1")
      #expect(paced.status == 0, "\(paced.errors)")
      // A pause is a pause, however fast the run may be.
      #expect(try await bench.applied() == held)
      try await bench.product.succeed("continue", "latest")
      let outcome = try await bench.end()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("paused by ") && outcome.errors.contains("goes on"))
      #expect(try await data.product().export(target).count == 40)
      let event = try #require(try await bench.events("paused").first)
      #expect(event["by"]?["uid"]?.integerValue == Int64(getuid()))
      #expect(event["reason"]?.stringValue == "the lag grows")
      #expect(try await bench.events("continued").count == 1)
      let pace = try #require(try await bench.events("paced").first)
      #expect(pace["concurrency"]?.integerValue == 1 && pace["maxWriteUnits"] == nil)
      try await bench.product.succeed("audit", "verify")
      #expect(!FileManager.default.fileExists(atPath: data.journal + ".control"))
    }
  }

  @Test("what can't be asked is refused in words: nothing under way, another run, a run that has ended")
  func refusals() async throws {
    try await withOperators { data in
      try await data.product().succeed("run", rekeying)
      for command in ["pause", "continue", "stop"] {
        expectSentence(try await data.product().run(command), 2, ["no run is under way"])
        expectSentence(
          try await data.product().run(command, "latest"), 2, ["is not under way (it is applied)"])
      }
      expectSentence(
        try await data.product().run("pace", "latest", "--concurrency", "2"), 2, ["is not under way"])
      expectSentence(try await data.product().run("pace"), 64, ["--max-write-units"])
      expectSentence(try await data.product().run("pace", "--max-write-units", "0"), 64, ["above 0, or none"])
      expectSentence(try await data.product().run("pace", "--concurrency", "1.5"), 64, ["from 1 to 10000"])
      expectSentence(try await data.product().run("watch"), 2, ["no run is under way"])
      let watched = try await data.product().run("watch", "latest")
      #expect(watched.status == 0 && watched.output.contains("applied"))
    }
  }

  @Test("a run that is killed while paused says so, and resume goes on with it, at its last pace")
  func killedWhilePaused() async throws {
    try await withSlowRun { data, bench in
      try await bench.product.succeed("pause")
      try await bench.product.succeed("pace", "--max-write-units", "400")
      bench.child.send(SIGKILL)
      #expect(try await bench.child.wait() == -SIGKILL)
      let shown = try await bench.product.succeed("show", "latest")
      #expect(shown.contains("interrupted (its process ended without a word, paused by "), "\(shown)")
      expectSentence(
        try await bench.product.run("continue", "latest"), 2, ["ended without a word", "resume"])
      expectSentence(try await bench.product.run("pause"), 2, ["no run is under way"])
      let watched = try await bench.product.run("watch", "latest", "--format", "json")
      #expect(watched.status == 3)
      let resumed = try await bench.product.run("resume", "latest")
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(resumed.errors.contains("was paused by ") && resumed.errors.contains("it goes on now"))
      #expect(resumed.errors.contains("keeps to the pace that "))
      #expect(try await data.product().export(target).count == 40)
      try await bench.product.succeed("audit", "verify")
    }
  }

  @Test("of two who ask for the same at once one is first, and both are told the truth")
  func twoAskers() async throws {
    try await withSlowRun { _, bench in
      async let first = bench.product.run("pause", "--reason", "one", "--format", "json")
      async let second = bench.product.run("pause", "--reason", "two", "--format", "json")
      let outcomes = try await [first, second].map {
        try JSONValue(parsing: $0.output)["outcome"]?.stringValue
      }
      #expect(Set(outcomes) == ["done", "already"])
      #expect(try await bench.events("paused").count == 1)
      // Two who want the opposite: whatever comes last holds, and every answer was true when it was given.
      async let more = bench.product.run("continue", "--format", "json")
      async let less = bench.product.run("pause", "--format", "json")
      _ = try await [more, less].map { #expect($0.status == 0, "\($0.errors)") }
      let (pauses, goings) = (
        try await bench.events("paused").count, try await bench.events("continued").count
      )
      let isPaused = try await bench.shown()["work"]?["pause"]?["by"] != nil
      #expect(pauses - goings == (isPaused ? 1 : 0))
    }
  }

  @Test("whoever is killed while asking has asked wholly or not at all")
  func killedAsker() async throws {
    try await withSlowRun { _, bench in
      for delay in [0, 2, 5, 10, 20, 40, 80, 160] {
        try await withTemporaryFolder { scratch in
          let asker = try await bench.product.start(["pause"], scratch: scratch)
          try await Task.sleep(for: .milliseconds(delay))
          asker.send(SIGKILL)
          _ = try await asker.wait()
        }
        let goingOn = try await bench.product.run("continue", "--format", "json")
        #expect(goingOn.status == 0, "\(goingOn.errors)")
      }
      #expect(try await bench.events("paused").count == bench.events("continued").count)
      #expect(try await bench.shown()["work"]?["pause"]?.isNull == true, "under way, and not paused")
    }
  }

  @Test(
    "a process that does not answer is named, and the wish is taken back: it is not paused when it goes on")
  func silent() async throws {
    try await withSlowRun { _, bench in
      // It tells of itself and answers, and then it does not.
      try await bench.product.succeed("pace", "--max-write-units", "3")
      bench.child.send(SIGSTOP)
      expectSentence(try await bench.product.run("pause"), 4, ["does not answer", "taken back"])
      bench.child.send(SIGCONT)
      let next = try await bench.product.run("continue")
      #expect(next.status == 0 && next.output.contains("is not paused"), "\(next.errors)")
      #expect(try await bench.events("paused").isEmpty)
    }
  }

  @Test("stop is a Ctrl-C from afar, paused or not: exit code 3, named, and resumed")
  func stop() async throws {
    try await withSlowRun { data, bench in
      try await bench.product.succeed("pause")
      let stopped = try await bench.product.run("stop", "--reason", "release freeze")
      #expect(stopped.status == 0 && stopped.output.contains("sparta-journal resume "), "\(stopped.errors)")
      let outcome = try await bench.end()
      expectSentence(outcome, 3, ["stopped by ", "(release freeze)", "sparta-journal resume "])
      let shown = try await bench.shown()
      #expect(shown["state"]?.stringValue == "interrupted" && shown["counts"]?["inDoubt"]?.integerValue == 0)
      let detail = try #require(try await bench.events("interrupted").first)
      #expect(detail["cause"]?.stringValue == "signal" && detail["askedBy"]?["user"] != nil)
      try await bench.product.succeed("resume", "latest", "--max-write-units", "10000")
      #expect(try await data.product().export(target).count == 40)
    }
  }

  @Test("watch tells machines each change, and ends with the run and its exit code")
  func watch() async throws {
    try await withSlowRun { _, bench in
      try await withTemporaryFolder { scratch in
        let watch = try await bench.product.start(["watch", "--format", "json"], scratch: scratch)
        try await bench.until("the first line") { try !watch.output().isEmpty }
        try await bench.product.succeed("pause", "--reason", "lunch")
        try await bench.until("the pause is seen") { try watch.output().contains("\"lunch\"") }
        try await bench.product.succeed("pace", "--max-write-units", "none")
        try await bench.product.succeed("continue")
        #expect(try await bench.end().status == 0)
        #expect(try await watch.wait() == 0)
        let lines = try watch.output().split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        let (first, last) = (try #require(lines.first), try #require(lines.last))
        #expect(first["phase"]?.stringValue == "applying" && first["ended"]?.boolValue == false)
        #expect(first["process"]?.integerValue == Int64(bench.child.processIdentifier))
        #expect(first["pace"]?["maxWriteUnits"]?.numberText == "2")
        #expect(lines.dropLast().allSatisfy { $0["counts"]?["inDoubt"]?.integerValue == 0 })
        #expect(last["ended"]?.boolValue == true && last["exit"]?.integerValue == 0)
        #expect(last["state"]?.stringValue == "applied" && last["counts"]?["applied"]?.integerValue == 80)
      }
    }
  }

  @Test("rollback and redo are paused and stopped like a run")
  func turned() async throws {
    func beforehand(_ data: OperatorFolder) async throws { try await data.product().succeed("run", rekeying) }
    try await withSlowRun(["rollback", "latest"], before: beforehand) { data, bench in
      try await bench.product.succeed("pause")
      let shown = try await bench.shown()
      #expect(shown["state"]?.stringValue == "rollingBack" && shown["counts"]?["inDoubt"]?.integerValue == 0)
      try await bench.product.succeed("pace", "--max-write-units", "none")
      try await bench.product.succeed("continue")
      #expect(try await bench.end().status == 0)
      #expect(try await data.product().export(source).count == 40)
      try await withTemporaryFolder { scratch in
        let child = try await bench.product.start(
          ["redo", "latest", "--max-write-units", "2"], scratch: scratch)
        let redo = ControlBench(product: bench.product, child: child)
        try await redo.until("at work") { try child.errors().contains("redoing 80 changes") }
        try await redo.product.succeed("pause")
        try await redo.product.succeed("stop")
        #expect(try await child.wait() == 3)
      }
      try await bench.product.succeed("resume", "latest")
      #expect(try await data.product().export(target).count == 40)
      try await bench.product.succeed("audit", "verify")
    }
  }

  @Test("a folder of wishes that somebody else could write is not used, and says so; the run goes on")
  func openFolder() async throws {
    try await withOperators { data in
      let folder = data.journal + ".control"
      try FileManager.default.createDirectory(
        atPath: (data.journal as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Folder.make(folder)
      chmod(folder, 0o777)
      let outcome = try await data.product().run("run", rekeying)
      #expect(outcome.status == 0)
      #expect(outcome.errors.contains("can't be watched, paused or paced"))
    }
  }
}
