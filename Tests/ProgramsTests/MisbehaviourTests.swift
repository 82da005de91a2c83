import Foundation
import DynamoJournalPrograms
import DynamoJournalRunner
import TestSupport
import Testing

@Suite("What a program does wrong is one sentence, and nothing is written") struct MisbehaviourTests {
  /// A program's answer to each item, and words of the refusal.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let body: String
    var head = ""
    var tail = ""
    var timeout = 30
    let words: [String]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "rubbish", body: #"say("hello\n")"#, words: ["a line that is not an answer"]),
    Case(name: "twice", body: "answer(id=id)\nanswer(id=id)", words: ["answered the id", "twice"]),
    Case(name: "unknown id", body: "answer(id=id + 100000)", words: ["not an item that it was given"]),
    Case(
      name: "hangs", body: "time.sleep(60)", timeout: 1, words: ["no answer within 1 s", "id=u", "flush"]),
    Case(
      name: "misses one", body: "if id != 5: answer(id=id)", timeout: 1,
      words: ["no answer within 1 s", "id=u"]),
    Case(
      name: "dies at once", body: "pass", head: "sys.exit(4)",
      words: ["before it answered anything", "status 4"]),
    Case(
      name: "signal", body: "os.kill(os.getpid(), 9)", words: ["before it answered anything", "signal 9"]),
    Case(
      name: "dies on one", body: "if id == 300: os._exit(5)\nanswer(id=id)",
      words: ["ended 3 times on the item id=u", "status 5"]),
    Case(
      name: "dies at the end", body: "answer(id=id)", tail: "sys.exit(6)",
      words: ["failed after 'end'", "status 6"]),
    Case(
      name: "not deterministic", body: #"answer(id=id, after=dict(item, r={"S": str(os.getpid())}))"#,
      words: ["not deterministic: ", "id=u", "attribute 'r'"]),
    Case(
      name: "stderr without end", body: "while True: sys.stderr.write('x' * 100 + chr(10))", timeout: 1,
      words: ["no answer within 1 s"]),
    Case(
      name: "stdout without line feed", body: "while True: out.write('x' * 65536)", words: ["more than 16 MB"]
    ),
    Case(
      name: "invalid UTF-8", body: #"out.buffer.write(b'{"id":1,"error":"\xff"}\n'); out.flush()"#,
      words: ["a line that is not an answer", "UTF-8"]),
    Case(
      name: "deep", body: #"say('{"id":1,"after":' + '[' * 100000 + '\n')"#,
      words: ["a line that is not an answer"]),
    Case(
      name: "get of an unknown table",
      body: #"answer(type="get", id=id, table="nowhere", key={"id": {"S": "x"}})"#,
      words: ["there is no table 'nowhere'", "id=u"]),
    Case(
      name: "get of no key", body: #"answer(type="get", id=id, table="plans", key={"id": {"S": "x"}})"#,
      words: ["a key that can't be", "id=u"]),
    Case(
      name: "gets without end",
      body: #"while True: answer(type="get", id=id, table="plans", key={"plan": {"S": "x"}})"#,
      words: ["more than 1000 items"]),
    Case(
      name: "plain JSON", body: #"answer(id=id, after={"id": "x"})"#, words: ["not an item in DynamoDB JSON"]),
    Case(
      name: "another key", body: #"answer(id=id, after=dict(item, id={"S": "new"}))"#,
      words: ["id=u", "another key", "\"also\""]),
    Case(
      name: "one key from two",
      body: #"answer(id=id, after=None, also=[dict(table="plans", after={"plan": {"S": "one"}})])"#,
      words: ["plan=one of table 'plans' is changed by id=u", "already"]),
    Case(
      name: "wrong type of a key",
      body: #"answer(id=id, also=[dict(table="plans", after={"plan": {"N": "1"}})])"#,
      words: ["must be of type S"]),
    Case(
      name: "39 digits", body: #"answer(id=id, after=dict(item, n={"N": "1" * 39}))"#,
      words: ["not an item in DynamoDB JSON"]),
    Case(
      name: "too large", body: #"answer(id=id, after=dict(item, big={"S": "x" * 500000}))"#,
      words: ["409600", "id=u"]),
    Case(name: "a typo", body: "answer(id=id, aftr=item)", words: ["the protocol knows no 'aftr'"]),
    Case(
      name: "speaks after its answers", body: "answer(id=id)", tail: "answer(id=1)",
      words: ["after its last answer"]),
  ]

  @Test("one sentence each", arguments: cases)
  func refused(_ wrong: Case) async throws {
    try await ProgramTrial.use { trial in
      let definition = try trial.python(
        wrong.body, head: wrong.head, tail: wrong.tail, timeout: wrong.timeout)
      let sentence = try await trial.refusal(definition)
      for word in wrong.words { #expect(sentence.contains(word), "\(sentence)") }
      #expect(!sentence.contains("Example"), "a value stands in the sentence: \(sentence)")
      #expect(!sentence.contains("\n"))
    }
  }

  @Test("a grandchild that holds the pipes keeps nobody waiting, and is ended")
  func grandchild() async throws {
    try await ProgramTrial.use(users: 5) { trial in
      let definition = try trial.python(
        "answer(id=id)",
        head:
          "import subprocess\nkid = subprocess.Popen(['sleep', '300'])\nopen('kid', 'a').write(str(kid.pid) + chr(10))"
      )
      let run = try await trial.harness.run(
        ProgramMigration(definition), ProgramTrial.settings, RunRequest.dry)
      #expect(run.end == .done)
      for line in try String(contentsOfFile: trial.folder + "/kid", encoding: .utf8).split(separator: "\n") {
        let number = try #require(Int32(line))
        var isGone = false
        for _ in 0..<200 where !isGone {
          let stat = (try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)) ?? ""
          isGone = kill(number, 0) != 0 || stat.contains(") Z")
          if !isGone { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(isGone)
      }
    }
  }

  @Test("a program that is missing, or not executable, is refused before a run begins")
  func missing() async throws {
    try await ProgramTrial.use(users: 1) { trial in
      let file = try trial.script("p.sh", "#!/bin/sh\ncat", ["./p.sh"])
      #expect(
        try await trial.harness.refusal(ProgramMigration(file), ProgramTrial.settings).contains("chmod +x"))
      for (command, word) in [("./none", "there is no such file"), ("no-such-program", "PATH has none")] {
        var other = file
        other.command = [command]
        #expect(
          try await trial.harness.refusal(ProgramMigration(other), ProgramTrial.settings).contains(word))
      }
    }
  }
}
