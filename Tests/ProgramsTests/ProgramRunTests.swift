import Foundation
import DynamoJournalEvents
import DynamoJournalExpressions
import DynamoJournalPrograms
import DynamoJournalRunner
import DynamoJournalTables
import TestSupport
import Testing

@Suite("A program plans") struct ProgramRunTests {
  static let lowers = """
    item["email"] = {"S": item["email"]["S"].lower()}
    answer(id=id, after=item)
    """

  @Test("forward, back to the byte, and nothing more to do")
  func cycle() async throws {
    try await ProgramTrial.use { trial in
      let migration = ProgramMigration(try trial.python(Self.lowers))
      try await trial.harness.cycle(migration, ProgramTrial.settings, planned: 600) {
        let items = try await trial.harness.items(of: "users")
        #expect(items.count == 600)
        #expect(items.allSatisfy { $0["email"] == .string("a\($0["n"].map(number) ?? "")@example.org") })
      }
    }
  }

  private func number(_ value: AttributeValue) -> String {
    if case .number(let number) = value { number.text } else { "" }
  }

  @Test("answers in any order are planned in the table's")
  func order() async throws {
    try await ProgramTrial.use { trial in
      let straight = try trial.python(Self.lowers)
      let first = try await trial.harness.run(
        ProgramMigration(straight), ProgramTrial.settings, RunRequest.dry)
      let shuffled = try trial.python(
        """
        item["email"] = {"S": item["email"]["S"].lower()}
        held.append(dict(id=id, after=item))
        if len(held) >= 37 or id > 590 or id <= 3 or id % 200 == 0: flush()
        """,
        head: """
          held = []
          def flush():
              for a in reversed(held): answer(**a)
              held.clear()
          """)
      let second = try await trial.harness.run(
        ProgramMigration(shuffled), ProgramTrial.settings, RunRequest.dry)
      #expect(first.fold.plan?.digest == second.fold.plan?.digest, "\(second.end)")
      #expect(second.counts.planned == 600)
    }
  }

  @Test("where keeps items from it; expect and guards stop the plan; a limit ends it")
  func conditions() async throws {
    try await ProgramTrial.use { trial in
      var definition = try trial.python("answer(id=id, after=None)")
      definition.condition = try Condition(ExpressionSource("attribute_exists(plan)"))
      let dry = try await trial.harness.run(
        ProgramMigration(definition), ProgramTrial.settings, RunRequest.dry)
      #expect(dry.counts.planned == 200, "\(dry.end)")
      let limited = try await trial.harness.run(
        ProgramMigration(definition), Settings(variables: [:], limit: 7), RunRequest.dry)
      #expect(limited.counts.planned == 7, "\(limited.end)")
      definition.maxDeleteShare = 0.5
      #expect(try await trial.refusal(definition).contains("deletes 200 of 200 items"))
      var lowers = try trial.python(Self.lowers)
      lowers.expect = try Condition(ExpressionSource("attribute_exists(plan)"))
      #expect(try await trial.refusal(lowers).contains("'expect' does not hold"))
    }
  }

  @Test("a read through the host is captured and the same again; the unit of a re-key is one")
  func reads() async throws {
    try await ProgramTrial.use { trial in
      let definition = try trial.python(
        """
        key = {"plan": item.get("plan", {"S": "none"})}
        say(json.dumps(dict(type="get", id=id, table="plans", key=key)) + "\\n")
        got = json.loads(sys.stdin.readline())
        waiting = []
        while got["type"] != "got":
            waiting.append(got)
            got = json.loads(sys.stdin.readline())
        if got["item"]: answer(id=id, after=None, also=[dict(table="plans", after={"plan": item["id"], "price": got["item"]["price"]})])
        else: answer(id=id)
        for m in waiting:
            if m["type"] == "item": work(m, m["item"], m["id"])
        """)
      try await trial.harness.cycle(ProgramMigration(definition), ProgramTrial.settings, planned: 400) {
        try await trial.harness.expect("users", count: 400)
        try await trial.harness.expect("plans", count: 202)
      }
    }
  }

  @Test("a program that ends now and then loses nothing")
  func restarts() async throws {
    try await ProgramTrial.use { trial in
      let whole = try await trial.harness.run(
        ProgramMigration(try trial.python(Self.lowers)), ProgramTrial.settings, RunRequest.dry)
      let definition = try trial.python(
        """
        count.append(1)
        if len(count) > 150: os._exit(3)
        """ + "\n" + Self.lowers, head: "count = []")
      let mortal = try await trial.harness.run(
        ProgramMigration(definition), ProgramTrial.settings, RunRequest.dry)
      #expect(mortal.fold.plan?.digest == whole.fold.plan?.digest, "\(mortal.end)")
    }
  }

  @Test("it gets no variables but those that are named")
  func environment() async throws {
    try await ProgramTrial.use(users: 1) { trial in
      var definition = try trial.python(
        #"answer(id=id, after=dict(item, env={"S": " ".join(sorted(k for k in os.environ if k != "LC_CTYPE"))}))"#
      )
      definition.environment = ["FLAVOUR"]
      let settings = Settings(variables: ["FLAVOUR": "mint", "AWS_SECRET_ACCESS_KEY": "x", "OTHER": "y"])
      let run = try await trial.harness.run(ProgramMigration(definition), settings)
      #expect(run.end == .done)
      let item = try await trial.harness.items(of: "users").first
      guard case .string(let names)? = item?["env"] else { Issue.record("no names"); return }
      let found = Set(names.string.split(separator: " ").map(String.init))
      #expect(found.isSuperset(of: ["FLAVOUR", "LANG", "LC_ALL", "PATH", "TZ"]))
      #expect(found.isDisjoint(with: ["AWS_SECRET_ACCESS_KEY", "OTHER", "HOME", "USER"]))
      for name in ["AWS_PROFILE", "SPARTA_JOURNAL", "DB_PASSWORD", "LD_PRELOAD"] {
        definition.environment = [name]
        let refusal = await #expect(throws: Refusal.self) {
          _ = try await trial.harness.run(ProgramMigration(definition), settings)
        }
        #expect(refusal?.description.contains(name) == true)
      }
    }
  }

  @Test("an error is a note where the file says so, else the end of the plan")
  func errors() async throws {
    try await ProgramTrial.use(users: 10) { trial in
      var definition = try trial.python(
        #"answer(id=id, error="no plan") if "plan" not in item else answer(id=id, after=None, notes=[dict(code="gone", message="it goes")])"#
      )
      #expect(try await trial.refusal(definition).contains("(no plan)"))
      definition.onError = .note
      let run = try await trial.harness.run(ProgramMigration(definition), ProgramTrial.settings)
      #expect(run.counts.applied == 3, "\(run.end)")
      let notes = try await trial.harness.notes(of: run)
      #expect(notes.count == 10)
      #expect(notes.contains("data programError id=u00001") && notes.contains("data gone id=u00003"))
    }
  }

  @Test("a plan half made goes on after an interruption, but not with a changed program")
  func resumed() async throws {
    try await ProgramTrial.use(users: 3_000) { trial in
      let definition = try trial.python(Self.lowers)
      let migration = ProgramMigration(definition)
      let whole = try await trial.harness.run(migration, ProgramTrial.settings, RunRequest.dry)
      let pages = Count()
      let lost = WatchedStore(
        trial.harness.store, pageSize: 500,
        before: { call in
          if case .scan = call, pages.next() == 5 { throw StoreError(.unavailable, code: "Lost", "lost") }
        })
      let cut = try await trial.harness.run(migration, ProgramTrial.settings, RunRequest.dry, on: lost)
      #expect(cut.fold.position.state == .interrupted)
      let changed = ProgramMigration(try trial.python(Self.lowers + "\n# another"))
      let refused = try await trial.harness.resume(cut, changed)
      guard case .refused(let message) = refused.end else { Issue.record("\(refused.end)"); return }
      #expect(message.contains("has changed since run") && message.contains("start a new run"))
      let resumed = try await trial.harness.resume(cut, migration)
      #expect(resumed.fold.plan?.digest == whole.fold.plan?.digest, "\(resumed.end)")
    }
  }

  @Test("a wish to stop ends the program, and the run goes on later")
  func stopped() async throws {
    try await ProgramTrial.use { trial in
      let slow = try trial.python(
        "open('pid', 'w').write(str(os.getpid()))\nwhile not os.path.exists('go'): time.sleep(0.01)\n"
          + Self.lowers)
      let (stop, migration) = (StopSignal(), ProgramMigration(slow))
      let asking = Task {
        while !FileManager.default.fileExists(atPath: trial.folder + "/pid") {
          try await Task.sleep(for: .milliseconds(10))
        }
        stop.request()
      }
      let cut = try await trial.harness.run(migration, ProgramTrial.settings, RunRequest.dry, stop: stop)
      try await asking.value
      #expect(cut.end == .interrupted("stopped"))
      let pid = try #require(Int32(try String(contentsOfFile: trial.folder + "/pid", encoding: .utf8)))
      #expect(kill(pid, 0) != 0, "the program is still there")
      try Data().write(to: URL(fileURLWithPath: trial.folder + "/go"))
      let resumed = try await trial.harness.resume(cut, migration)
      #expect(resumed.counts.planned == 600, "\(resumed.end)")
    }
  }
}
