import DynamoJournalHTTP
import Testing

@testable import DynamoJournalClient

@Suite struct CredentialsFileTests {
  @Test("sections and settings are read, comments and nested settings left out")
  func reads() throws {
    let text = """
      \u{FEFF}# a comment
      ; another
      [default]
      aws_access_key_id = AKIA   # behind a blank
      AWS_Secret_Access_Key=a#b;c=d/+=
      s3 =
        max_concurrent_requests = 10
        region = nested
      region = eu-west-2 ; here
      [ profile "a b" ] # spaced
      empty =

      credential_process = sh -c "a ; b" # c
      [default]
      output = json
      region = eu-west-1
      """
    let file = try INIFile(parsing: text)
    #expect(
      file.sections == [
        "default": [
          "aws_access_key_id": "AKIA", "aws_secret_access_key": "a#b;c=d/+=", "s3": "", "output": "json",
          "region": "eu-west-1",
        ],
        "profile a b": ["empty": "", "credential_process": "sh -c \"a ; b\" # c"],
      ])
  }

  @Test("Windows line ends and indented sections change nothing")
  func lineEndsAndIndentation() throws {
    let plain = try INIFile(parsing: "[a]\nx = 1\ny = 2\n[b]\n")
    #expect(try INIFile(parsing: "[a]\r\nx = 1\r\ny = 2\r\n[b]") == plain)
    #expect(try INIFile(parsing: "[a]\n  x = 1\n  y = 2\n    z = 3\n  [b]\n").sections == plain.sections)
    #expect(try INIFile(parsing: "[a]\n  x = 1\n  y = 2\n    z = 3\n[b]\n").sections == plain.sections)
    #expect(plain.sections["b"] == [:])
  }

  @Test("nested settings are kept apart, by the setting that they stand below")
  func nested() throws {
    let text =
      "[services s]\ndynamodb =\n  endpoint_url = http://d\nsts=\n  endpoint_url = http://s\n  x = 1\n"
    #expect(
      try INIFile(parsing: text).nested == [
        "services s": [
          "dynamodb": ["endpoint_url": "http://d"], "sts": ["endpoint_url": "http://s", "x": "1"],
        ]
      ])
  }

  @Test(
    "a line that is nothing is named by its number",
    arguments: [("x = 1", 1), ("[a]\nx", 2), ("[a\n", 1), ("[]", 1), ("[a] b", 1), ("\n[a]\n= 1", 3)])
  func malformed(_ text: String, _ line: Int) {
    #expect(throws: INIFile.Malformed(line: line)) { try INIFile(parsing: text) }
  }

  @Test("the two files make one profile; of a setting in both, that of the credentials file holds")
  func merged() async throws {
    try await withCredentialsWorld { world in
      try world.write(
        ".aws/config",
        "[default]\nregion = r1\naws_access_key_id = c\n[profile p]\nregion = r2\n[p]\nregion = no\n[profile default]\nx = 1"
      )
      try world.write(
        ".aws/credentials", "[default]\naws_access_key_id = k\n[p]\naws_secret_access_key = s\n")
      let files = try SharedFiles(world.surroundings().settings)
      #expect(files.profiles["default"] == ["region": "r1", "aws_access_key_id": "k", "x": "1"])
      #expect(files.profiles["p"] == ["region": "r2", "aws_secret_access_key": "s"])
    }
  }

  @Test("the files can be elsewhere, and below the home folder")
  func elsewhere() async throws {
    try await withCredentialsWorld { world in
      try world.write("one", "[default]\nregion = r1")
      try world.write("two", "[default]\naws_access_key_id = k")
      let place = world.surroundings([
        "AWS_CONFIG_FILE": "~/one", "AWS_SHARED_CREDENTIALS_FILE": world.home + "/two",
      ])
      let files = try SharedFiles(place.settings)
      #expect(files.profiles == ["default": ["region": "r1", "aws_access_key_id": "k"]])
    }
  }

  @Test("the home folder is that of the environment, unless another is given")
  func home() async throws {
    try await withCredentialsWorld { world in
      let home = { (environment: [String: String], given: String?) in
        CredentialsSurroundings(http: world.http, environment: environment, home: given).home
      }
      #expect(home(["HOME": "/a"], nil) == "/a")
      #expect(home(["HOME": "/a"], "/b") == "/b")
      #expect(!home(["HOME": ""], nil).isEmpty)
    }
  }

  @Test("the region comes from the option, two variables and the profile, in this order")
  func region() async throws {
    try await withCredentialsWorld { world in
      try world.write(
        ".aws/config", "[default]\nregion = r5\n[profile p]\nregion = r6\n[profile q]\nregion =")
      let both = ["AWS_REGION": "r2", "AWS_DEFAULT_REGION": "r3"]
      let resolve = { (option: String?, profile: String?, environment: [String: String]) in
        try AWSRegion.resolve(option: option, profile: profile, surroundings: world.surroundings(environment))
      }
      #expect(try resolve("r1", "p", both) == "r1")
      #expect(try resolve(nil, "p", both) == "r2")
      #expect(try resolve("", nil, ["AWS_REGION": "", "AWS_DEFAULT_REGION": "r3"]) == "r3")
      #expect(try resolve(nil, nil, [:]) == "r5")
      #expect(try resolve(nil, "p", ["AWS_PROFILE": "q"]) == "r6")
      #expect(try resolve(nil, nil, ["AWS_PROFILE": "p"]) == "r6")
      #expect(try resolve(nil, "q", [:]) == nil)
      #expect(try resolve(nil, "absent", [:]) == nil)
    }
  }

  @Test("a region that is none is known before it becomes a host's name")
  func wellFormed() {
    for good in ["eu-west-2", "us-gov-east-1", "local", "ap-southeast-7"] {
      #expect(AWSRegion.isWellFormed(good), "\(good)")
    }
    for bad in ["", "-a", "EU-WEST-2", "a.b", "a/b", "a@b", "é", "a b", String(repeating: "a", count: 64)] {
      #expect(!AWSRegion.isWellFormed(bad), "\(bad)")
    }
  }

  @Test("an unreadable or malformed file is named in the error, its content is not")
  func fileErrors() async throws {
    try await withCredentialsWorld { world in
      try world.write(".aws/config", "[default]\ncanary")
      let path = world.home + "/.aws/config"
      let error = try await credentialsError { try await world.source().credentials() }
      #expect(error?.attempts.last == .init(.profile("default"), .malformedFile(path, line: 2)))
      #expect(error?.stoppedAtFailure == true)
      #expect(error.map { !"\($0)".contains("canary") } == true)
      #expect(throws: CredentialsError.self) {
        try AWSRegion.resolve(option: nil, profile: nil, surroundings: world.surroundings())
      }
      let folder = try await credentialsError {
        try await world.source(["AWS_CONFIG_FILE": world.home]).credentials()
      }
      #expect(folder?.attempts.last?.reason == .unreadableFile(world.home))
    }
  }
}
