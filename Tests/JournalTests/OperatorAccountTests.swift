import Foundation
import TestSupport
import Testing

@testable import DynamoJournalEvents

@Suite("Who runs the program")
struct OperatorAccountTests {
  @Test("is the real account, whatever the environment says")
  func account() async throws {
    // The program id asks the same database by its own code.
    let name = try await Shell.run("/usr/bin/id", ["-un", "-r"]).output
    let account = OperatorAccount.current(environment: [
      "USER": "mallory", "LOGNAME": "mallory", "HOSTNAME": "elsewhere", "UID": "7",
    ])
    #expect(account.uid == getuid())
    #expect(account.user + "\n" == name)
    #expect(account.host == ProcessInfo.processInfo.hostName)
    #expect(account.claims.isEmpty)
  }

  @Test("has a name only where the database of users has one")
  func unknownNumber() {
    #expect(SystemAccount.name(of: 0) == "root")
    #expect(SystemAccount.name(of: 3_999_999_999) == nil)
  }

  @Test("is read back from JSON as it was written")
  func coding() throws {
    let account = OperatorAccount(uid: .max, user: "4294967295", host: "h", claims: ["sudo": "ann (uid 7)"])
    let data = try JSONEncoder().encode(account)
    #expect(try JSONDecoder().decode(OperatorAccount.self, from: data) == account)
  }

  @Test("claims who called it by sudo")
  func sudo() {
    #expect(claims(["SUDO_USER": "ann", "SUDO_UID": "1000"]) == ["sudo": "ann (uid 1000)"])
    #expect(claims(["SUDO_USER": "ann"]) == ["sudo": "ann"])
    #expect(claims(["SUDO_UID": "1000"]) == ["sudo": "uid 1000"])
    #expect(claims(["SUDO_USER": "", "SUDO_UID": ""]) == [:])
  }

  @Test(
    "claims the job of a CI service and who started it",
    arguments: [
      (
        [
          "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "42",
          "GITHUB_ACTOR": "octocat", "GITHUB_TOKEN": "ghs_secret", "ACTIONS_RUNTIME_TOKEN": "ghs_secret",
        ], "https://github.com/o/r/actions/runs/42 by octocat"
      ),
      (
        [
          "CI_JOB_URL": "https://gitlab.example/g/p/-/jobs/7", "GITLAB_USER_LOGIN": "ann",
          "CI_JOB_TOKEN": "ghs_secret",
        ],
        "https://gitlab.example/g/p/-/jobs/7 by ann"
      ),
      (
        ["BUILD_URL": "http://ci:8080/job/x/3/", "BUILD_USER_ID": "ann"], "http://ci:8080/job/x/3/ by ann"
      ),
      (
        ["CIRCLE_BUILD_URL": "https://circleci.com/gh/o/r/9", "CIRCLE_USERNAME": "ann"],
        "https://circleci.com/gh/o/r/9 by ann"
      ),
      (
        ["BUILDKITE_BUILD_URL": "https://buildkite.com/o/p/builds/5", "BUILDKITE_BUILD_CREATOR": "Ann B"],
        "https://buildkite.com/o/p/builds/5 by Ann B"
      ),
      (
        [
          "SYSTEM_COLLECTIONURI": "https://dev.azure.com/o/", "SYSTEM_TEAMPROJECT": "my project",
          "BUILD_BUILDID": "8", "BUILD_REQUESTEDFOR": "Ann B", "SYSTEM_ACCESSTOKEN": "ghs_secret",
        ], "https://dev.azure.com/o/my%20project build 8 by Ann B"
      ),
      (
        ["CODEBUILD_BUILD_ARN": "arn:aws:codebuild:eu-west-1:1:build/p:2", "CODEBUILD_INITIATOR": "ann"],
        "arn:aws:codebuild:eu-west-1:1:build/p:2 by ann"
      ),
      (["GITHUB_ACTOR": "octocat"], "by octocat"),
      (["BUILD_URL": "http://ci/job/x/3/"], "http://ci/job/x/3/"),
    ])
  func ci(environment: [String: String], claim: String) {
    #expect(claims(environment) == ["ci": claim])
  }

  @Test("claims nothing by a variable that any program may set")
  func uncertain() {
    #expect(claims(["BUILD_USER_ID": "ann", "CI": "true", "TOKEN": "x"]) == [:])
  }

  @Test(
    "claims no secret of an address",
    arguments: [
      ("https://u:pw@ci.example/job/1", "https://ci.example/job/1"),
      ("https://pw@ci.example:8443/job/1", "https://ci.example:8443/job/1"),
      ("https://u:p@w@ci.example/", "https://ci.example/"),
      ("HTTPS://u:pw@CI.example/a?token=pw#pw", "https://CI.example/a"),
      ("https://ci.example/a?\u{301}token=pw", "https://ci.example/a"),
      ("https://[::1]:8080/a#pw", "https://[::1]:8080/a"),
      ("https://u:p/w@ci.example/a", ClaimText.withheld),
      ("https://u:1/pw@ci.example/a", ClaimText.withheld),
      ("https://u:1?pw@ci.example/a", ClaimText.withheld),
      ("https://u:1#pw@ci.example/a", ClaimText.withheld),
      ("https://u:1/pw@\u{301}ci.example/a", ClaimText.withheld),
      ("https://u:1\\pw@ci.example/a", ClaimText.withheld),
      ("https://ci.example\\pw/a", ClaimText.withheld),
      ("https:/u:pw@ci.example/a", ClaimText.withheld),
      ("https:///u:pw@ci.example/a", ClaimText.withheld),
      ("u:pw@ci.example", ClaimText.withheld),
      ("ftp://u:pw@ci.example", ClaimText.withheld),
      ("https://ci.example%2Fpw/", ClaimText.withheld),
      ("https://ci.exämple/", ClaimText.withheld),
      (" https://u:pw@ci.example/", ClaimText.withheld),
    ])
  func addresses(given: String, shown: String) {
    #expect(claims(["BUILD_URL": given]) == ["ci": shown])
  }

  @Test("claims in one line of text that shows itself")
  func escapes() {
    let claimed = claims(["SUDO_USER": "a\nb\r\u{1B}[2J\u{2028}\u{202E}\u{9B}c"])
    #expect(claimed == ["sudo": #"a\u{a}b\u{d}\u{1b}[2J\u{2028}\u{202e}\u{9b}c"#])
  }

  @Test("claims at most 300 characters")
  func length() throws {
    #expect(claims(["SUDO_USER": String(repeating: "ä", count: 300)])["sudo"]?.unicodeScalars.count == 300)
    for long in [String(repeating: "ä", count: 301), String(repeating: "\n", count: 100)] {
      let claim = try #require(claims(["SUDO_USER": long])["sudo"])
      #expect(claim.unicodeScalars.count == 300)
      #expect(claim.hasSuffix("…"))
    }
    #expect(claims(["SUDO_USER": String(repeating: "ä", count: 300)])["sudo"]?.hasSuffix("ä") == true)
  }

  private func claims(_ environment: [String: String]) -> [String: String] {
    OperatorAccount.current(environment: environment).claims
  }
}
