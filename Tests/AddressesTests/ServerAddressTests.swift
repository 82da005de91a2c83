import DynamoJournalAddresses
import Testing

@Suite("Addresses of servers")
struct ServerAddressTests {
  @Test(
    "spellings of one address are equal",
    arguments: [
      ["http://h.example", "http://h.example:80/", "HTTP://H.Example/", "http://h.example.:80"],
      ["https://h.example", "https://h.example:443", "https://H.EXAMPLE:0443/"],
      [
        "http://localhost:8000", "http://127.0.0.1:8000/", "http://[::1]:8000", "http://LOCALHOST.:8000",
        "http://[0:0:0:0:0:0:0:1]:8000", "http://[::ffff:127.0.0.1]:8000", "http://db.localhost:8000",
        "http://0.0.0.0:8000", "http://[::]:8000",
      ],
      ["http://10.0.0.7:1", "http://[::FFFF:10.0.0.7]:1", "http://[::ffff:a00:7]:1"],
      ["http://[2001:db8::1]:1", "http://[2001:DB8:0:0:0:0:0:1]:1"],
    ])
  func equal(_ spellings: [String]) throws {
    let addresses = try spellings.map { try #require(ServerAddress($0), "\($0)") }
    #expect(Set(addresses).count == 1, "\(addresses)")
    for address in addresses { #expect(ServerAddress("\(address)") == address) }
  }

  @Test("what is another address is not equal")
  func different() throws {
    let spellings = [
      "http://h", "https://h", "http://h:81", "http://g", "http://localhost", "http://127.0.0.2",
      "http://localhost.example", "http://10.0.0.1", "http://[2001:db8::1]", "http://127.0.0.1:8000",
    ]
    let addresses = try spellings.map { try #require(ServerAddress($0)) }
    #expect(Set(addresses).count == spellings.count)
  }

  @Test(
    "what may hold a secret, or can be read in two ways, is not an address",
    arguments: [
      "", "http", "http:", "http:/h", "http:h", "http://", "http:///", "ftp://h", "//h", "h:1",
      "http://u@h", "http://u:p@h", "http://u:p%40@h", "http:/u:p@h", "http://h/path", "http://h//",
      "http://h?q", "http://h#f", "http://h/?", "http://h:", "http://h:0", "http://h:65536", "http://h:+1",
      "http://h:1:2", "http://h:1x", "http://h :1", "http://h\\@g", "http://h\t", "http://h\n",
      "http://evil.example%2F.localhost", "http://evil.example/.localhost", "http://a..b", "http://.",
      "http://.h",
      "http://127.1", "http://2130706433", "http://0x7f000001", "http://0x7f.1", "http://0177.0.0.1",
      "http://1.2.3.256", "http://1.2.3.4.5", "http://[::1", "http://[::1]x", "http://[::1]:", "http://[h]",
      "http://[::1%25lo]", "http://h_h", "http://hé", "http://127。0。0。1",
    ])
  func refused(_ text: String) { #expect(ServerAddress(text) == nil) }

  @Test("only names and addresses of this machine are loopback")
  func loopback() throws {
    for own in ["localhost", "x.localhost", "127.0.0.1", "127.8.9.10", "[::1]", "[::ffff:127.0.0.2]"] {
      #expect(try #require(ServerAddress("http://\(own)")).isLoopback, "\(own)")
    }
    for other in ["h", "localhost.example", "127.0.0.1.example", "128.0.0.1", "[::2]", "mylocalhost"] {
      #expect(try !#require(ServerAddress("http://\(other)")).isLoopback, "\(other)")
    }
  }

  @Test("a request goes to the host as it was spelled, but for case and the usual port")
  func authority() throws {
    let given = [
      "HTTP://127.0.0.1:8000/": "127.0.0.1:8000", "http://LocalHost:80": "localhost", "https://h:443": "h",
      "https://h:80": "h:80", "http://[::1]:8000": "[::1]:8000",
    ]
    for (url, authority) in given { #expect(ServerAddress(url)?.authority == authority) }
  }
}
