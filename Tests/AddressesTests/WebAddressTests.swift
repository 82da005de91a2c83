import Testing

@testable import DynamoJournalAddresses

@Suite("Addresses that something is sent to")
struct WebAddressTests {
  @Test(
    "what could be read in two ways is no address",
    arguments: [
      ("http:/user:PW@h", AddressError.form), ("http:///h/p", .host), ("HTTP:/h", .form), ("http:h", .form),
      ("h.example/p", .form), ("ftp://h", .scheme), ("javascript:alert", .form),
      ("http://user:p/w@h/", .port), ("http://user:p?w@h/", .port), ("http://user:p#w@h/", .port),
      ("http://user:12/w@h/", .userInformation), ("http://user@pw@h/", .userInformation),
      ("http://user:a[b@h/", .userInformation), ("http://h/p#part", .fragment),
      ("http://evil.example%2F.localhost/", .host), ("http://evil.example\\.localhost/", .host),
      ("http://h_h/", .host), ("http://127.1/", .host), ("http://0x7f.0.0.1/", .host),
      ("http://2130706433/", .host), ("http://h:0/", .port), ("http://h:65536/", .port),
      ("http://h:/", .port),
      ("http://h/a b", .character), ("http://h/%zz", .character), ("http://h/%0a", .character),
      ("http://h/\u{7f}", .character), ("http://h/ü", .character), ("http://h/?q={}", .character),
      ("http://ünï.example/", .host), ("file://host/p", .host), ("file:///p?q", .character),
      ("file://", .character),
      ("", .form), ("://", .scheme),
    ] as [(String, AddressError)])
  func refused(_ text: String, _ error: AddressError) {
    #expect(throws: error) { try WebAddress(text) }
    #expect(!"\(error)".contains("PW"))
  }

  @Test(
    "what is sent is what was read, scheme and host in lower case",
    arguments: [
      ("HTTP://User:p%40w@H.Example:8080/Path?q=A", "http://User:p%40w@h.example:8080/Path?q=A"),
      ("https://h:443", "https://h/"), ("http://[::1]:80/x", "http://[::1]/x"),
      ("FILE:///tmp/ä%20b", "file:///tmp/ä%20b"), ("file://localhost/x", "file:///x"),
    ])
  func sent(_ text: String, _ url: String) throws {
    #expect(try WebAddress(text).url == url)
  }

  @Test(
    "of what can be a secret a digest alone is shown",
    arguments: [
      "https://h.example:8443/v2/SECRET", "https://user:SECRET@h.example:8443",
      "https://h.example:8443/?key=SECRET", "https://SECRET@h.example:8443/",
    ])
  func shown(_ text: String) throws {
    let shown = try WebAddress(text).shown()
    #expect(shown.hasPrefix("https://h.example:8443 [secret part ") && shown.hasSuffix("]"))
    #expect(!shown.contains("SECRET") && !shown.contains("v2"))
    #expect(try WebAddress(text).isShown(as: shown))
    #expect(try !WebAddress(text.replacing("SECRET", with: "other")).isShown(as: shown))
  }

  @Test("a path that is no secret is shown, and a digest of what still is")
  func publicPath() throws {
    #expect(try WebAddress("http://h/api/x").shown(path: true) == "http://h/api/x")
    #expect(try WebAddress("http://h").shown() == "http://h")
    let keyed = try WebAddress("http://h/api?key=SECRET").shown(path: true)
    #expect(keyed.hasPrefix("http://h/api [secret part ") && !keyed.contains("SECRET"))
    #expect(try WebAddress("file:///tmp/a").shown() == "file:///tmp/a")
    #expect(WebAddress.shown("http:/user:PW@h") == "(an address that can't be read)")
  }

  @Test("what earlier versions kept is still known")
  func earlier() throws {
    #expect(try WebAddress("https://u:p@h/rpc?key=1").isShown(as: "https://h/rpc"))
    #expect(try WebAddress("https://u:p@h").isShown(as: "https://h"))
    #expect(try !WebAddress("https://h/rpc").isShown(as: "https://g/rpc"))
  }

  @Test(
    "plain text to another machine is told from this machine and from https",
    arguments: [
      ("http://api.example", true), ("https://api.example", false), ("http://127.0.0.1:3000", false),
      ("http://localhost:3000", false), ("http://[::1]", false), ("file:///x", false),
      ("http://localhost.evil.example", true), ("http://127.0.0.1.evil.example", true),
    ])
  func plainText(_ text: String, _ isPlain: Bool) throws {
    #expect(try WebAddress(text).isPlainTextToAnotherMachine == isPlain)
  }
}
