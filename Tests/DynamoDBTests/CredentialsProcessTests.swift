import Foundation
import DynamoJournalHTTP
import TestSupport
import Testing

@testable import DynamoJournalClient

/// `credential_process`, with real programs.
@Suite struct CredentialsProcessTests {
  private static let reply = """
    {"Version": 1, "AccessKeyId": "id", "SecretAccessKey": "secret", "SessionToken": "token",
     "Expiration": "2026-11-23T10:00:00+01:00"}
    """

  /// What a profile with this command gives; `~` is the home folder.
  private func credentials(
    _ world: CredentialsWorld, _ command: String, _ environment: [String: String] = [:], seconds: Int = 3_600
  ) async throws -> AWSCredentials {
    try world.write(".aws/config", "[profile p]\ncredential_process = \(command)\n")
    return try await world.source(environment, profile: "p", processSeconds: seconds).credentials()
  }

  @Test("a program's output is read, and its words come to it as they are quoted, unseen by a shell")
  func runs() async throws {
    try await withCredentialsWorld { world in
      let script = try world.script(
        "my helper",
        "printf '%s\\n' \"$@\" > \"$HOME/arguments\"\necho canary >&2\ncat <<'END'\n\(Self.reply)\nEND\n")
      let command = "\"\(script)\" 'a b' \"$HOME\" c\\ d `x` ; \"e\\\"f\" ''"
      #expect(
        try await credentials(world, command, ["HOME": world.home, "PATH": "/usr/bin:/bin"])
          == AWSCredentials(
            accessKeyID: "id", secretAccessKey: "secret", sessionToken: "token",
            expiresAt: CredentialsWorld.start + 3600))
      let arguments = try String(contentsOfFile: world.home + "/arguments", encoding: .utf8)
      #expect(arguments == "a b\n$HOME\nc d\n`x`\n;\ne\"f\n\n")
    }
  }

  @Test("a program without a path is looked for in the given PATH")
  func pathLookup() async throws {
    try await withCredentialsWorld { world in
      _ = try world.script(
        "bin/helper", "echo '{\"Version\":1,\"AccessKeyId\":\"i\",\"SecretAccessKey\":\"s\"}'\n")
      let environment = ["PATH": "/nowhere:\(world.home)/bin:/bin"]
      #expect(
        try await credentials(world, "helper", environment)
          == AWSCredentials(accessKeyID: "i", secretAccessKey: "s"))
    }
  }

  @Test(
    "a program that fails, with its last words, is told apart from one that is missing, silent, slow or talkative"
  )
  func failures() async throws {
    let cases: [(String, CredentialsError.Reason)] = [
      ("exit 3", .process(.failed(3, saying: "no such role"))),
      ("kill -9 $$", .process(.failed(-9, saying: "no such role"))),
      ("sleep 600", .process(.timedOut(seconds: 1))),
      ("exec >/dev/null; sleep 600", .process(.timedOut(seconds: 1))),
      ("true", .service("its credential_process", .unreadableReply(field: nil))),
      ("echo canary", .service("its credential_process", .unreadableReply(field: nil))),
      ("cat /dev/zero", .service("its credential_process", .unreadableReply(field: nil))),
      ("echo '{\"Version\":2}'", .service("its credential_process", .unreadableReply(field: "Version 1"))),
      (
        "echo '{\"Version\":1,\"AccessKeyId\":\"canary\"}'",
        .service("its credential_process", .unreadableReply(field: "SecretAccessKey"))
      ),
    ]
    try await withCredentialsWorld { world in
      for (index, (text, reason)) in cases.enumerated() {
        let script = try world.script("script-\(index)", "echo no such \u{1B}role >&2\n\(text)\n")
        let seconds = reason == .process(.timedOut(seconds: 1)) ? 1 : 3_600
        let error = try await credentialsError { try await credentials(world, script, seconds: seconds) }
        #expect(error?.attempts == [.init(.profile("p"), reason)], "\(text)")
        #expect(error.map { !"\($0)".contains("canary") } == true)
      }
      for (command, reason) in [
        ("/nowhere/helper", CredentialsError.Reason.process(.notStarted)),
        ("nowhere-helper", .process(.notStarted)),
        ("'open", .badValue("credential_process of 'p'", needed: "a program, with its quotes closed")),
      ] {
        let error = try await credentialsError { try await credentials(world, command) }
        #expect(error?.attempts.last?.reason == reason, "\(command)")
      }
    }
  }

  @Test("a program that is killed takes its children with it", .timeLimit(.minutes(20)))
  func killsChildren() async throws {
    try await withCredentialsWorld { world in
      // How long the script takes to have a child is the machine's affair: the time grows until it has one.
      for seconds in [1, 4, 16, 64, 256] {
        let pipe = "\(world.home)/alive-\(seconds)"
        #expect(try await Shell.run("/usr/bin/mkfifo", [pipe]).status == 0)
        // The pipe ends when neither the script nor its child holds it open any more.
        async let ended = readToEnd(pipe)
        let script = try world.script("script", "exec 3> '\(pipe)'\n(echo ready >&3; sleep 3600)\n")
        let error = try await credentialsError { try await credentials(world, script, seconds: seconds) }
        #expect(error?.attempts.last?.reason == .process(.timedOut(seconds: seconds)))
        try free(pipe)
        if await ended == "ready\n" { return }
      }
      Issue.record("the script was never in time to have a child")
    }
  }

  /// Lets a reader go that waits for somebody to open the pipe for writing.
  private func free(_ pipe: String) throws {
    let descriptor = open(pipe, O_WRONLY | O_NONBLOCK)
    // Without a reader there is nobody to free.
    if descriptor < 0 && errno != ENXIO { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    if descriptor >= 0 { close(descriptor) }
  }

  private func readToEnd(_ pipe: String) async -> String? {
    await withCheckedContinuation { continuation in
      Thread {
        let data = FileHandle(forReadingAtPath: pipe)?.readDataToEndOfFile()
        continuation.resume(returning: data.flatMap { String(data: $0, encoding: .utf8) })
      }.start()
    }
  }

  @Test(
    "command lines are split as a shell splits them",
    arguments: zip(
      [
        "a", " a  b\t", "'a b'c", "a\"b 'c'\"", "a\\ b", "'a\\b'", "\"a\\b\\\\\"", "'' b", "a'", "a\\", "",
        "  ",
      ],
      [
        ["a"], ["a", "b"], ["a bc"], ["ab 'c'"], ["a b"], ["a\\b"], ["a\\b\\"], ["", "b"], nil, nil, nil, nil,
      ]))
  func words(_ text: String, _ words: [String]?) {
    #expect(CommandWords.words(text) == words)
  }
}
