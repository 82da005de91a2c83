import Foundation
import TestSupport
import Testing

@testable import SpartaJournalCommands

/// The forms are those of dotenv's own tests (tests/.env and tests/.env.multiline of https://github.com/motdotla/dotenv), each
/// with the value that dotenv reads from it.
@Suite("The text of a .env file") struct DotEnvTests {
  static let forms: [(text: String, value: String)] = [
    ("A=basic", "basic"), ("A=", ""), ("A=''", ""), (#"A="""#, ""), ("A=``", ""),
    ("  A  =  padded  ", "padded"),
    ("A='single'", "single"), ("A='  kept  '", "  kept  "), (#"A="  kept  ""#, "  kept  "),
    ("A=`  kept  `", "  kept  "),
    (#"A="double"x"#, #""double"x"#), (#"A='say "hi"'"#, #"say "hi""#), (#"A="it's `here`""#, "it's `here`"),
    (#"A=`it's "here"`"#, #"it's "here""#), (#"A="a\nb\rc""#, "a\nb\rc"), (#"A='a\nb'"#, #"a\nb"#),
    (#"A=a\nb"#, #"a\nb"#),
    ("A=x # comment", "x"), ("A=x# comment", "x"), ("A=#fff", ""), (#"A="x # y" # z"#, "x # y"),
    ("A='x # y' # z", "x # y"),
    ("A=`x # y` # z", "x # y"), ("A=b=c==", "b=c=="), (#"A={"foo": "bar"}"#, #"{"foo": "bar"}"#),
    (#"A='{"foo": "b'ar"}'"#, #"{"foo": "b'ar"}"#), ("A=some space", "some space"), ("A: yaml", "yaml"),
    ("A: 'yaml'", "yaml"), ("export A=x", "x"), ("export\tA=x", "x"), ("\texport  A = x", "x"),
    ("export A: x", "x"),
    ("A=\"one\ntwo\nthree\"", "one\ntwo\nthree"), ("A='one\ntwo'", "one\ntwo"), ("A=`one\ntwo`", "one\ntwo"),
    ("A=\"one\r\ntwo\"\r\n", "one\ntwo"), ("A=x\r\nB=y\r\n", "x"), ("A=x\rB=y", "x"), ("A=1\nA=2", "2"),
    (#"A="open"#, #""open"#), (#"A='open"#, "'open"), (#"A="say \"hi\"""#, #"say \"hi\""#),
    ("\u{FEFF}A=x", "x"),
    ("\n\n# A=0\n  # B\nA=x", "x"), ("A.b-C_1=y\nA=x", "x"), ("A=user@example.com", "user@example.com"),
    ("A=\"x\"\n# it's a comment\nB='y'", "x"), ("A=\u{A0}x\u{A0}", "x"), ("A='é✓'", "é✓"),
  ]

  @Test("has the values that dotenv reads from it", arguments: forms.indices)
  func values(_ index: Int) throws {
    let form = Self.forms[index]
    #expect(try DotEnv.variables(form.text)["A"] == form.value, "\(form.text.debugDescription)")
  }

  static let flaws: [(text: String, line: Int, part: String)] = [
    ("A=1\nnonsense", 2, "no '='"), ("=hunter2", 1, "no name"), ("A B=hunter2", 1, "letters"),
    ("$(rm)=hunter2", 1, "letters"), ("export A", 1, "no '='"), ("\n\nA:hunter2\n", 3, "no '='"),
    ("É=hunter2", 1, "letters"),
    ("X=1\nKEY=\"-----BEGIN\nhunter2 hunter2\n", 3, "quotation mark of the value in line 2"),
  ]

  @Test("that has another line names it, and never its value", arguments: flaws.indices)
  func flawed(_ index: Int) {
    let (text, line, part) = Self.flaws[index]
    let flaw = #expect(throws: DotEnv.Flaw.self) { try DotEnv.variables(text) }
    #expect(flaw?.line == line)
    #expect(flaw?.reason.contains(part) == true, "\(flaw?.reason ?? "")")
    #expect(flaw?.reason.contains("hunter2") == false)
  }

  @Test("a long value in quotation marks is read whole")
  func long() throws {
    let value = String(repeating: "abc\n", count: 20_000)
    #expect(try DotEnv.variables("A=\"\(value)\"\nB=x") == ["A": value, "B": "x"])
  }
}

@Suite("A .env file on the disk") struct EnvironmentFileTests {
  private func list(_ product: Product, _ more: [String] = []) async throws -> (
    status: Int32, errors: String, output: String
  ) {
    let outcome = try await product.run(["tables", "list"] + more)
    return (outcome.status, outcome.errors, outcome.output)
  }

  private func withEnvironment(_ text: String, _ body: (Product, String) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let product = Product(in: folder)
      try await product.succeed(
        "tables", "create", "there", "--key", "id:S", "--target", "local:other.sqlite")
      try write(text, to: folder + "/.env")
      try await body(product, folder)
    }
  }

  @Test(
    "is read with the mark of its byte order, over lines, and behind an export with a tab",
    arguments: [
      "\u{FEFF}SPARTA_TARGET=local:other.sqlite\nOTHER=1\n",
      "KEY=\"-----BEGIN X-----\nAAAA\n-----END X-----\"\nSPARTA_TARGET=local:other.sqlite\n",
      "export\tSPARTA_TARGET=local:other.sqlite\n",
    ])
  func forms(_ text: String) async throws {
    try await withEnvironment(text) { product, _ in
      let (status, errors, output) = try await list(product)
      #expect(status == 0 && output.contains("there"), "\(errors)")
    }
  }

  @Test("that others can write, or that is another user's, is refused with the command that puts it right")
  func hands() async throws {
    try await withEnvironment("SPARTA_TARGET=local:other.sqlite\n") { product, folder in
      for mode: mode_t in [0o666, 0o620] {
        #expect(chmod(folder + "/.env", mode) == 0)
        let (status, errors, _) = try await list(product)
        #expect(status == 2 && errors.contains("chmod go-w .env"), "\(errors)")
      }
      #expect(chmod(folder + "/.env", 0o644) == 0)
      #expect(try await list(product).status == 0)
      guard geteuid() == 0 else { return }
      #expect(chown(folder + "/.env", 12_345, 0) == 0)
      let (status, errors, _) = try await list(product)
      #expect(
        status == 2 && errors.contains("belongs to another user (uid 12345)") && errors.contains("chown"))
    }
  }

  @Test("may be a link to a file that is right, and no other link, pipe, folder or encoding")
  func kinds() async throws {
    try await withEnvironment("SPARTA_TARGET=local:other.sqlite\n") { product, folder in
      try FileManager.default.moveItem(atPath: folder + "/.env", toPath: folder + "/real.env")
      #expect(symlink("real.env", folder + "/.env") == 0)
      #expect(try await list(product).output.contains("there"))
      #expect(chmod(folder + "/real.env", 0o666) == 0)
      #expect(try await list(product).errors.contains("can be written by others"))
      try FileManager.default.removeItem(atPath: folder + "/real.env")
      let dangling = try await list(product, ["--env-file", ".env"])
      #expect(
        dangling.status == 2 && dangling.errors.contains("a link that leads nowhere"), "\(dangling.errors)")
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      #expect(try await list(product, ["--env-file", "pipe"]).errors.contains("is a pipe"))
      #expect(try await list(product, ["--env-file", folder]).errors.contains("is a folder"))
      try FileManager.default.removeItem(atPath: folder + "/.env")
      #expect(
        try await list(product, ["--env-file", "/dev/null", "--target", "local:other.sqlite"]).status == 0)
      try Data("A=1\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }).write(
        to: URL(fileURLWithPath: folder + "/.env"))
      let wide = try await list(product)
      #expect(
        wide.status == 2 && wide.errors.contains("UTF-16") && wide.errors.contains("iconv"), "\(wide.errors)")
      try Data([0x41, 0x3D, 0x31, 0x0A, 0x42, 0x3D, 0xFF]).write(to: URL(fileURLWithPath: folder + "/.env"))
      let broken = try await list(product)
      #expect(
        broken.status == 2 && broken.errors.contains("line 2 of '.env' is not text in UTF-8"),
        "\(broken.errors)")
    }
  }
}
