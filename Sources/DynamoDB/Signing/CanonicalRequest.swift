import Crypto
import Foundation

/// A request in the one form that client and server both hash.
struct CanonicalRequest {
  /// The canonical text.
  let bytes: [UInt8]
  /// The names of the signed headers, in lower case, sorted, with `;` between them.
  let signedNames: String

  /// Headers that are not signed, since a proxy or the transport may change them; AWS's SDKs leave out the same.
  static let unsigned: Set<String> = ["expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"]

  init(
    method: String, path: String, query: String, headers: [(name: String, value: String)], body: [UInt8]
  ) {
    let fields = Self.fields(headers)
    signedNames = fields.map(\.name).joined(separator: ";")
    var text: [UInt8] = []
    text.reserveCapacity(1024)
    text += method.utf8
    text.append(Self.newline)
    text += Self.path(path).utf8
    text.append(Self.newline)
    text += Self.query(query).utf8
    text.append(Self.newline)
    for field in fields {
      text += field.name.utf8
      text.append(UInt8(ascii: ":"))
      text += field.value
      text.append(Self.newline)
    }
    text.append(Self.newline)
    text += signedNames.utf8
    text.append(Self.newline)
    text += SigV4.hexadecimal(SHA256.hash(data: body)).utf8
    bytes = text
  }

  private static let newline = UInt8(ascii: "\n")
}

// MARK: Headers

extension CanonicalRequest {
  /// Lower-case names, sorted; the values of a repeated name joined by commas in the order sent.
  private static func fields(_ headers: [(name: String, value: String)]) -> [(name: String, value: [UInt8])] {
    var fields: [(name: String, value: [UInt8])] = []
    for header in headers {
      let name = header.name.lowercased()
      guard !unsigned.contains(name) else { continue }
      let value = folded(header.value)
      if let index = fields.firstIndex(where: { $0.name == name }) {
        fields[index].value += [UInt8(ascii: ",")] + value
      } else {
        fields.append((name, value))
      }
    }
    return fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Without blanks at both ends, and with one space for each run of them.
  private static func folded(_ value: String) -> [UInt8] {
    // Most values, and a session token's thousand characters, are one word.
    guard value.utf8.contains(where: { $0 == 32 || $0 == 9 }) else { return Array(value.utf8) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(value.utf8.count)
    var blankBefore = false
    for byte in value.utf8 {
      guard byte != 32, byte != 9 else {
        blankBefore = true
        continue
      }
      if blankBefore, !bytes.isEmpty { bytes.append(32) }
      blankBefore = false
      bytes.append(byte)
    }
    return bytes
  }
}

// MARK: Path and query

extension CanonicalRequest {
  /// The path without dot segments and doubled slashes, each byte encoded (once more, where it is already: every
  /// service but S3 wants that).
  static func path(_ path: String) -> String {
    guard path != "/", !path.isEmpty else { return "/" }
    var segments: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
      if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
    }
    guard !segments.isEmpty else { return "/" }
    let end = path.utf8.last == UInt8(ascii: "/") ? "/" : ""
    return "/" + segments.map { encoded($0.utf8) }.joined(separator: "/") + end
  }

  /// The parameters sorted by encoded name, then by encoded value; a parameter without `=` gets one.
  static func query(_ query: String) -> String {
    guard !query.isEmpty else { return "" }
    let parameters = query.split(separator: "&").map { parameter in
      let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        name: encoded(decoded(parts[0].utf8)), value: parts.count == 2 ? encoded(decoded(parts[1].utf8)) : ""
      )
    }
    return parameters.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
      .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  }

  /// Percent-encoded but for the unreserved characters of RFC 3986, section 2.3; digits in capitals.
  static func encoded(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      if isUnreserved(byte) {
        text.append(byte)
      } else {
        text += [UInt8(ascii: "%"), upperDigits[Int(byte >> 4)], upperDigits[Int(byte & 15)]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes that percent-encoded text stands for; a `%` without two digits stands for itself.
  private static func decoded(_ text: Substring.UTF8View) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
      if byte == UInt8(ascii: "%"), digits.count == 2 {
        bytes.append(UInt8(digits[0] * 16 + digits[1]))
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static let upperDigits = Array("0123456789ABCDEF".utf8)
}
