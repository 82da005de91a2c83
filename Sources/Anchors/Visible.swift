/// Text from outside on its way into a message.
enum Visible {
  /// The text in quotation marks, cut at 80 characters, with control characters and direction marks as escapes.
  static func quoted(_ text: String) -> String { "'" + escaped(text, limit: 80) + "'" }

  /// The text, cut, with whatever could steer a terminal or forge a line shown as an escape.
  static func escaped(_ text: String, limit: Int) -> String {
    let scalars = text.unicodeScalars.prefix(limit).map { scalar in
      isHidden(scalar) ? "\\u{" + String(scalar.value, radix: 16) + "}" : String(scalar)
    }
    return scalars.joined() + (text.unicodeScalars.count > limit ? "…" : "")
  }

  /// Whether a character shows nothing, or breaks a line: Unicode's categories Cc, Cf, Zl and Zp.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
