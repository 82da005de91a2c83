#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A host as it stands in a URL: a name of `a-z`, `0-9`, `-` and `.`, or an address of IP version 4 or 6.
struct HostName {
  /// The one spelling of it.
  let name: String
  /// Whether it is this machine.
  let isLoopback: Bool

  /// Reads a host in lower case, a version 6 address in brackets; nil when it is none.
  init?(_ spelled: String) {
    guard let read = HostName.read(spelled) else { return nil }
    isLoopback = read == "localhost" || (read.hasPrefix("127.") && HostName.octets(read) != nil)
    name = read
  }

  private static func read(_ spelled: String) -> String? {
    if spelled.hasPrefix("[") { return version6(String(spelled.dropFirst().dropLast())) }
    let name = spelled.hasSuffix(".") ? String(spelled.dropLast()) : spelled
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...253).contains(name.utf8.count), labels.allSatisfy({ !$0.isEmpty }),
      name.utf8.allSatisfy(isNameByte)
    else { return nil }
    // URL parsers read 127.1, 0x7f.1 and 2130706433 as addresses, name servers read them as names.
    if let last = labels.last, last.first?.isNumber == true, isNumber(last) {
      return octets(name).map(version4)
    }
    return name == "localhost" || name.hasSuffix(".localhost") ? "localhost" : name
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: ".")
  }

  private static func isNumber(_ label: Substring) -> Bool {
    label.utf8.allSatisfy { (48...57).contains($0) } || label.hasPrefix("0x")
  }

  /// 127.0.0.1, and 0.0.0.0 that a connection takes for it, are this machine under its usual name; the other addresses of
  /// 127.0.0.0/8 may have other servers.
  private static func version4(_ octets: [UInt8]) -> String {
    let isUsual = octets == [127, 0, 0, 1] || octets == [0, 0, 0, 0]
    return isUsual ? "localhost" : octets.map(String.init).joined(separator: ".")
  }

  /// A dotted quad without zeros in front, which some parsers read as octal.
  private static func octets(_ text: String) -> [UInt8]? {
    let octets = text.split(separator: ".", omittingEmptySubsequences: false).compactMap { label in
      UInt8(label).flatMap { String($0) == label ? $0 : nil }
    }
    return octets.count == 4 && text.split(separator: ".").count == 4 ? octets : nil
  }

  private static func version6(_ text: String) -> String? {
    var address = in6_addr()
    guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    let bytes = withUnsafeBytes(of: &address) { Array($0) }
    let zeros = bytes.prefix { $0 == 0 }.count
    // ::ffff:a.b.c.d is an address of version 4 (RFC 4291, section 2.5.5.2); :: and ::1 are this machine.
    if zeros == 10 && bytes[10] == 0xff && bytes[11] == 0xff { return version4(Array(bytes[12...])) }
    if zeros == 16 || (zeros == 15 && bytes[15] == 1) { return "localhost" }
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(AF_INET6, &address, &buffer, socklen_t(buffer.count)) != nil else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
