import DynamoJournalJSON
import DynamoJournalTables

/// What an export holds, as the file beside its items tells.
package struct ExportManifest: Hashable, Sendable {
  /// The form of manifest and items that this version writes and reads.
  static let format: Int64 = 1

  /// The export's name, which is its folder's.
  package let name: String
  /// The table: its name, key and indexes.
  package let spec: TableSpec
  /// What a table that is made from the specification lacks, by name; for people to put back.
  package let settings: [String: String]
  /// How many items there are.
  package let items: Int
  /// Size of the file of items.
  package let fileBytes: Int
  /// SHA-256 of the file of items, in hexadecimal, as `sha256sum` prints it.
  package let sha256: String
  /// Where it comes from.
  package let origin: ExportOrigin

  /// The manifest as it is written.
  var json: JSONValue {
    let sorted = settings.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return [
      "format": .number(Self.format), "name": .string(name), "table": spec.json,
      "items": .number(items), "file": .string(TableExport.itemsName), "fileBytes": .number(fileBytes),
      "sha256": .string(sha256), "target": .string(origin.target),
      "run": origin.run.map { .string($0) } ?? .null, "createdAt": .number(origin.createdAt),
      "lostOnRestore": .object(sorted.map { .init(name: $0.key, value: .string($0.value)) }),
    ]
  }

  init(
    name: String, spec: TableSpec, settings: [String: String], items: Int, fileBytes: Int, sha256: String,
    origin: ExportOrigin
  ) {
    self.name = name
    self.spec = spec
    self.settings = settings
    self.items = items
    self.fileBytes = fileBytes
    self.sha256 = sha256
    self.origin = origin
  }

  /// Reads a manifest.
  ///
  /// - Throws: `FileError` when it is not one, or of a newer form.
  init(_ bytes: [UInt8], path: String) throws(FileError) {
    guard let json = try? JSONValue(parsing: bytes), let format = json["format"]?.integerValue else {
      throw FileError(path: path, reason: "it is not the manifest of an export")
    }
    guard format == Self.format else {
      throw FileError(
        path: path,
        reason: "the export has the form \(format), and this program knows \(Self.format): use a newer one")
    }
    guard let table = json["table"], let spec = try? TableSpec(json: table),
      let name = json["name"]?.stringValue, let items = json["items"]?.integerValue,
      let fileBytes = json["fileBytes"]?.integerValue, let sha256 = json["sha256"]?.stringValue,
      let target = json["target"]?.stringValue, let createdAt = json["createdAt"]?.integerValue,
      let settings = json["lostOnRestore"]?.objectValue
    else { throw FileError(path: path, reason: "a member of the manifest is missing or of the wrong type") }
    self.init(
      name: name, spec: spec,
      settings: Dictionary(
        settings.map { ($0.name, $0.value.stringValue ?? "") }, uniquingKeysWith: { $1 }),
      items: Int(items), fileBytes: Int(fileBytes), sha256: sha256,
      origin: ExportOrigin(target: target, run: json["run"]?.stringValue, createdAt: createdAt))
  }
}

/// Where an export comes from.
package struct ExportOrigin: Hashable, Sendable {
  /// The target, as the command line names it.
  package let target: String
  /// The run before whose first change it was made; nil for one that no run asked for.
  package let run: String?
  /// When it was begun, in microseconds since 1970, UTC.
  package let createdAt: Int64

  /// An origin.
  package init(target: String, run: String?, createdAt: Int64) {
    self.target = target
    self.run = run
    self.createdAt = createdAt
  }
}
