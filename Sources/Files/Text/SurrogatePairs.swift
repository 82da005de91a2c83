import DynamoJournalJSON

/// Characters beyond the first 65,536, which JSON escapes as two surrogates, and YAML as one number.
///
/// Sources: RFC 8259, section 7; https://yaml.org/spec/1.2.2/#57-escaped-characters
enum SurrogatePairs {
  /// A text of JSON with its pairs as YAML writes them; any other text as it is, since a backslash need be no escape there.
  static func joined(_ text: String) -> String {
    guard text.contains(#"\u"#), (try? JSONValue(parsing: text)) != nil else { return text }
    // What precedes an escape's backslash is no backslash that is not escaped itself: pairs of them are taken first.
    return text.replacing(/\\\\|\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/) { match in
      guard let high = match.1.flatMap({ UInt32($0, radix: 16) }),
        let low = match.2.flatMap({ UInt32($0, radix: 16) })
      else { return String(match.0) }
      let digits = String(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), radix: 16)
      return #"\U"# + String(repeating: "0", count: 8 - digits.count) + digits
    }
  }
}
