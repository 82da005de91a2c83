import DynamoJournalAddresses
import Foundation
import Testing

@testable import DynamoJournalHTTP

@Suite("Which proxy a request goes through") struct ProxyTests {
  private func proxy(_ environment: [String: String], _ url: String) throws -> String? {
    let server = try #require(ServerAddress(url))
    return try ProxyRules(environment: environment).proxy(for: server)?.url
  }

  @Test(
    "variables are read as libcurl reads them",
    arguments: [
      (["http_proxy": "http://p:1"], "http://h.example", "http://p:1"),
      (["http_proxy": "p:1/"], "http://h.example", "http://p:1"),
      (["HTTP_PROXY": "http://p:1"], "http://h.example", nil),
      (["http_proxy": "http://p:1"], "https://h.example", nil),
      (["HTTPS_PROXY": "http://u:w@p:1"], "https://h.example", "http://u:w@p:1"),
      (["https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1"], "https://h.example", "http://a:1"),
      (["ALL_PROXY": "socks5h://p:1"], "http://h.example", "socks5h://p:1"),
      (["http_proxy": "", "all_proxy": "http://p:1"], "http://h.example", "http://p:1"),
      ([:], "http://h.example", nil),
    ] as [([String: String], String, String?)])
  func variables(_ environment: [String: String], _ url: String, _ expected: String?) throws {
    #expect(try proxy(environment, url) == expected)
  }

  @Test(
    "this machine and metadata services are reached directly unless that is asked for",
    arguments: [
      "http://127.0.0.1:3000", "http://localhost:8000", "http://[::1]:1", "http://db.localhost",
      "http://127.8.9.1", "http://169.254.169.254", "http://169.254.170.2", "http://[fd00:ec2::254]",
    ])
  func near(_ url: String) throws {
    var environment = ["http_proxy": "http://p:1", "all_proxy": "http://p:1"]
    #expect(try proxy(environment, url) == nil)
    environment[ProxyRules.loopbackVariable] = "true"
    #expect(try proxy(environment, url) == "http://p:1")
    environment["no_proxy"] = "*"
    #expect(try proxy(environment, url) == nil)
  }

  @Test(
    "no_proxy names hosts with what is below them, addresses and ranges",
    arguments: [
      ("example.org", "http://example.org", true), ("example.org", "http://a.b.example.org:81", true),
      (".example.org", "http://a.example.org", true), ("ample.org", "http://example.org", false),
      ("a.example, EXAMPLE.org", "http://x.example.org.", true), ("10.0.0.0/8", "http://10.1.2.3", true),
      ("10.0.0.0/8", "http://11.1.2.3", false), ("10.1.2.3", "http://10.1.2.3:8080", true),
      ("1.2.3", "http://10.1.2.3", false), ("[2001:db8::1]", "http://[2001:DB8::1]:1", true),
      ("2001:db8::/32", "http://[2001:db8:1::1]", true), ("2001:db8::/32", "http://[2001:db9::1]", false),
      ("*", "http://any.example", true), ("", "http://any.example", false),
      ("10.0.0.0/99", "http://10.0.0.0", false),
    ])
  func exceptions(_ list: String, _ url: String, _ isDirect: Bool) throws {
    let environment = ["http_proxy": "http://p:1", "NO_PROXY": list]
    #expect(try (proxy(environment, url) == nil) == isDirect)
  }

  @Test(
    "a variable that can't be read is refused by its name, without its value",
    arguments: [
      "http:/u:SECRET@p", "http://u:SE/CRET@p:1", "gopher://SECRET", "http://p:x", "http://p/SECRET",
    ])
  func unreadable(_ value: String) throws {
    let error = #expect(throws: HTTPError.self) { _ = try proxy(["http_proxy": value], "http://h.example") }
    #expect(error?.kind == .malformedProxy(variable: "http_proxy"))
    #expect(!"\(error as Any)".contains("SECRET"))
  }

  @Test("an error names the proxy and never its password, and the proxy is what is asked")
  func named() async throws {
    let closed = try ClosedPort()
    var configuration = HTTPClient.Configuration(environment: [
      "http_proxy": "http://user:SECRET@127.0.0.1:\(closed.number)"
    ])
    configuration.maximumConnections = 1
    let client = try HTTPClient(configuration: configuration)
    let error = await failure(client, HTTPRequest("GET", "http://h.example/"))
    await client.shutdown()
    #expect(error?.kind == .cannotConnect)
    #expect("\(error as Any)".contains("through the proxy '127.0.0.1:\(closed.number)' of http_proxy"))
    #expect(!"\(error as Any)".contains("SECRET"))
    #expect(client.proxy(for: "http://h.example/x") == "'127.0.0.1:\(closed.number)' of http_proxy")
    #expect(client.proxy(for: "http://127.0.0.1/x") == nil)
    withExtendedLifetime(closed) {}
  }

  @Test("a request to this machine does not reach the proxy of the environment")
  func direct() async throws {
    let closed = try ClosedPort()
    let client = try HTTPClient(
      configuration: .init(environment: ["http_proxy": closed.url, "all_proxy": closed.url]))
    try await withRawServer({
      guard $0.readRequest() != nil else { return }
      $0.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }) { server in
      let reply = try await client.send(.patient("GET", server.url))
      #expect(reply.body == Array("ok".utf8))
    }
    await client.shutdown()
    withExtendedLifetime(closed) {}
  }
}
