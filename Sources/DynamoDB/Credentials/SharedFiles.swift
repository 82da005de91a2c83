import Foundation

/// The profiles and sign-on sessions of the shared config and credentials files.
struct SharedFiles: Sendable {
  /// Settings by profile; those of the credentials file win over those of the config file.
  private(set) var profiles: [String: [String: String]] = [:]
  /// Settings by session of a single sign-on.
  private(set) var sessions: [String: [String: String]] = [:]
  /// Settings of each service, by the name of the `services` section and that of the service.
  private(set) var services: [String: [String: [String: String]]] = [:]

  /// Reads both files; one that does not exist is empty.
  init(_ place: SettingsPlace) throws(CredentialsError.Reason) {
    let config = try Self.read(place.path(from: "AWS_CONFIG_FILE", else: "~/.aws/config"))
    // `[profile default]` wins over `[default]` when both are there.
    profiles["default"] = config.sections["default"]
    for (section, settings) in config.sections {
      if let name = Self.name(section, after: "profile ") {
        profiles[name, default: [:]].merge(settings) { $1 }
      } else if let name = Self.name(section, after: "sso-session ") {
        sessions[name] = settings
      } else if let name = Self.name(section, after: "services ") {
        services[name] = config.nested[section] ?? [:]
      }
    }
    let credentials = try Self.read(
      place.path(from: "AWS_SHARED_CREDENTIALS_FILE", else: "~/.aws/credentials"))
    for (name, settings) in credentials.sections {
      profiles[name, default: [:]].merge(settings) { $1 }
    }
  }

  private static func name(_ section: String, after prefix: String) -> String? {
    section.hasPrefix(prefix) ? String(section.dropFirst(prefix.count)) : nil
  }

  private static func read(_ path: String) throws(CredentialsError.Reason) -> INIFile {
    guard FileManager.default.fileExists(atPath: path) else { return try parse("", path) }
    return try parse(text(of: path), path)
  }

  private static func parse(_ text: String, _ path: String) throws(CredentialsError.Reason) -> INIFile {
    do throws(INIFile.Malformed) {
      return try INIFile(parsing: text)
    } catch {
      throw .malformedFile(path, line: error.line)
    }
  }

  /// A small text file.
  static func text(of path: String) throws(CredentialsError.Reason) -> String {
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(data: data, encoding: .utf8)
    else { throw .unreadableFile(path) }
    // Editors on Windows put the mark of a byte order before it.
    return text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
  }
}

extension String {
  /// Without blanks and line breaks at both ends.
  var trimmingWhitespace: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
