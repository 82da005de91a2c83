/// A shared file of AWS's tools: sections with settings.
///
/// As "Format of the config and credentials files" in AWS's SDKs and Tools guide has it
/// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html): `#` and `;` begin a comment, at the start of a
/// line or behind a blank; sections of one name are one; of a setting that comes twice the last holds; settings
/// nested by indentation are kept apart.
struct INIFile: Equatable {
  /// A line that is neither a section, a setting nor a comment.
  struct Malformed: Error, Equatable {
    let line: Int
  }

  /// Settings with names in lower case, by section.
  private(set) var sections: [String: [String: String]] = [:]
  /// Nested settings, by section and by the setting that they stand below.
  private(set) var nested: [String: [String: [String: String]]] = [:]

  init(parsing text: String) throws(Malformed) {
    var section: String?
    /// How far the setting before is indented; nil right after a section's line.
    var indentation: Int?
    var parent = ""
    let lines = text.drop { $0 == "\u{FEFF}" }.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let content = line.trimmed
      guard let first = content.first, first != "#", first != ";" else { continue }
      let indent = line.prefix { $0.isBlank }.count
      if let indentation, indent > indentation {
        guard let section, let setting = Self.setting(content) else { continue }
        nested[section, default: [:]][parent, default: [:]][setting.name] = setting.value
        continue
      }
      if first == "[" {
        guard let name = Self.sectionName(content) else { throw Malformed(line: index + 1) }
        section = name
        indentation = nil
        sections[name, default: [:]].merge([:]) { $1 }
      } else {
        guard let section, let setting = Self.setting(content) else { throw Malformed(line: index + 1) }
        indentation = indent
        parent = setting.name
        sections[section, default: [:]][setting.name] = setting.value
      }
    }
  }

  /// `[profile "a b"]` is `profile a b`.
  private static func sectionName(_ content: Substring) -> String? {
    guard let end = content.firstIndex(of: "]") else { return nil }
    let rest = content[content.index(after: end)...].trimmed
    guard rest.isEmpty || rest.first == "#" || rest.first == ";" else { return nil }
    let words = content[..<end].dropFirst().split(whereSeparator: \.isBlank)
    let name = words.joined(separator: " ").filter { $0 != "\"" && $0 != "'" }
    return name.isEmpty ? nil : name
  }

  private static func setting(_ content: Substring) -> (name: String, value: String)? {
    guard let equals = content.firstIndex(of: "=") else { return nil }
    let name = content[..<equals].trimmed.lowercased()
    let value = content[content.index(after: equals)...].trimmed
    guard !name.isEmpty else { return nil }
    // A command line may hold ` ;` or ` #`; the command line tool of AWS hands it on whole.
    return (name, String(name == "credential_process" ? value : withoutComment(value)))
  }

  private static func withoutComment(_ value: Substring) -> Substring {
    var before: Character = " "
    for index in value.indices {
      if before.isBlank, value[index] == "#" || value[index] == ";" { return value[..<index].trimmed }
      before = value[index]
    }
    return value
  }
}

extension Character {
  fileprivate var isBlank: Bool { self == " " || self == "\t" }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let front = drop { $0.isBlank }
    guard let last = front.lastIndex(where: { !$0.isBlank }) else { return "" }
    return front[...last]
  }
}
