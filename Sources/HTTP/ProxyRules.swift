import DynamoJournalAddresses
import DynamoJournalProgram

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Which proxy a request goes through: the variables of the environment as libcurl reads them, but that this machine and
/// the metadata services of a cloud's machines are reached directly unless that is asked for.
///
/// Source: "Environment variables" in https://curl.se/docs/manpage.html
package struct ProxyRules: Sendable {
  /// Asks for a proxy to this machine, too.
  package static let loopbackVariable = Program.variable("PROXY_LOOPBACK")
  /// What never leaves the machine, or the hypervisor below it.
  private static let metadataServices: Set<String> = [
    "169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23",
  ]

  private let environment: [String: String]

  /// Rules of an environment.
  package init(environment: [String: String]) {
    self.environment = environment.filter { !$0.value.isEmpty }
  }

  /// The proxy for a server, or nil for none.
  ///
  /// - Throws: `HTTPError` for a variable that can't be read.
  func proxy(for server: ServerAddress) throws(HTTPError) -> Proxy? {
    guard let variable = variables(server.scheme).first(where: { environment[$0] != nil }),
      let text = environment[variable], !goesDirectly(server)
    else { return nil }
    guard let proxy = Proxy(text, variable) else {
      throw HTTPError(.malformedProxy(variable: variable), host: server.authority)
    }
    return proxy
  }

  /// Host and port of the proxy for a URL and the variable that names it, as it may be shown; nil for none.
  package func shown(for url: String) -> String? {
    guard let server = try? WebAddress(url).server else { return nil }
    do throws(HTTPError) { return try proxy(for: server)?.shown } catch { return "unreadable" }
  }

  /// `HTTP_PROXY` is left out: a web server sets it from a header of a stranger's.
  private func variables(_ scheme: String) -> [String] {
    (scheme == "https" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]) + ["all_proxy", "ALL_PROXY"]
  }

  private func goesDirectly(_ server: ServerAddress) -> Bool {
    let isNear = server.isLoopback || Self.metadataServices.contains(server.host)
    if isNear && environment[Self.loopbackVariable]?.lowercased() != "true" { return true }
    let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
    return NoProxy(list).contains(server)
  }
}

/// A proxy as a variable names it.
struct Proxy: Sendable {
  private static let schemes: Set<String> = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

  /// What libcurl is told, with user name and password.
  let url: String
  /// Host, port and the variable's name.
  let shown: String

  init?(_ text: String, _ variable: String) {
    let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    let hasScheme = parts.count == 3 && parts[1].isEmpty && parts[0].hasSuffix(":")
    let scheme = hasScheme ? parts[0].dropLast().lowercased() : "http"
    var rest = hasScheme ? parts[2] : text[...]
    if rest.hasSuffix("/") { rest.removeLast() }
    // The reading of an address is the same for a proxy: only its scheme can be another, and it has no path.
    guard Self.schemes.contains(scheme), let address = try? WebAddress("http://\(rest)"),
      address.path == "/", !rest.contains("/"), !rest.contains("?"), let server = address.server
    else { return nil }
    url = "\(scheme)://\(rest)"
    let port = rest.hasSuffix(":80") ? ":80" : ""
    shown = "'\(server.authority)\(port)' of \(variable)"
  }
}

/// The hosts of `no_proxy`: names with what is below them, addresses, ranges such as 10.0.0.0/8, or `*` for all.
struct NoProxy {
  private let entries: [String]

  init(_ list: String) {
    entries = list.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init)
  }

  func contains(_ server: ServerAddress) -> Bool {
    if entries == ["*"] { return true }
    let spelled =
      server.authority.hasPrefix("[") ? server.host : String(server.authority.prefix { $0 != ":" })
    let hosts = Set([spelled, server.host].map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 })
    return entries.contains { entry in hosts.contains { Self.matches(entry, $0) } }
  }

  private static func matches(_ entry: String, _ host: String) -> Bool {
    if entry.contains("/") { return isInRange(host, entry) }
    let bare = entry.drop { $0 == "." }.drop { $0 == "[" }
    let name = bare.hasSuffix("]") || bare.hasSuffix(".") ? bare.dropLast() : bare
    return !name.isEmpty && (host == name || (bytes(host) == nil && host.hasSuffix("." + name)))
  }

  private static func isInRange(_ host: String, _ range: String) -> Bool {
    let parts = range.split(separator: "/")
    guard parts.count == 2, let bits = Int(parts[1]), let network = bytes(String(parts[0])),
      let address = bytes(host), network.count == address.count, (0...network.count * 8).contains(bits)
    else { return false }
    return (0..<bits).allSatisfy { bit in
      (network[bit / 8] ^ address[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
    }
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    var (four, six) = (in_addr(), in6_addr())
    if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
    if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
    return nil
  }
}
