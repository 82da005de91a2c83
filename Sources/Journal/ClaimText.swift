/// Text from the environment on its way into the journal.
enum ClaimText {
  /// The longest text that is kept, in characters.
  static let maximumLength = 300
  /// What stands for an address that may hold a secret where it can't be found for certain.
  static let withheld = "(address withheld: it can't be read safely)"

  /// The text, its control characters, line breaks and direction marks as escapes, cut.
  static func shown(_ text: String) -> String {
    let shown = text.unicodeScalars.map { scalar in
      isHidden(scalar) ? "\\u{" + String(scalar.value, radix: 16) + "}" : String(scalar)
    }.joined().unicodeScalars
    guard shown.count > maximumLength else { return String(shown) }
    return String(shown.prefix(maximumLength - 1)) + "…"
  }

  /// The address without user name, password, query and fragment.
  ///
  /// A password with an unencoded `/`, `?` or `#` would end the part in which it is looked for, so an address with an `@`
  /// anywhere behind that part is withheld; so is one with a host that is none.
  static func address(_ text: String) -> String {
    guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else {
      return withheld
    }
    // By scalars: an accent behind a `?` makes another character of it, and not another address.
    let rest = text.unicodeScalars.dropFirst(scheme.count)
    let authority = rest.prefix { !"/?#\\".unicodeScalars.contains($0) }
    let behind = rest.dropFirst(authority.count)
    let host = string(authority.reversed().prefix { $0 != "@" }.reversed())
    guard isHost(host), !behind.contains("@"), !behind.contains("\\") else { return withheld }
    return scheme + host + string(behind.prefix { !"?#".unicodeScalars.contains($0) })
  }

  private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  /// `[a-z0-9.-]` or an address of version 6 in brackets, and a port.
  private static func isHost(_ text: String) -> Bool {
    let pattern = /([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/
    return text.wholeMatch(of: pattern) != nil
  }

  /// Whether a character shows nothing, or breaks a line: Unicode's categories Cc, Cf, Zl and Zp.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
