import DynamoJournalProgram
import Crypto
import DynamoJournalTables

/// A table's items in a file of DynamoDB JSON lines, gzip'd, beside the manifest that tells what is in it.
package struct TableExport: Hashable, Sendable {
  static let itemsName = "items.jsonl.gz"
  static let manifestName = "manifest.json"

  /// The export's folder.
  package let path: String
  /// What it holds.
  package let manifest: ExportManifest

  /// The file of items, as `tables import` reads it.
  package var itemsPath: String { path + "/" + Self.itemsName }
  /// The name by which backups of all kinds can be told apart: `arn:…:export:NAME`.
  package var arn: String { Self.arn(manifest.name) }

  /// The same for an export of that name.
  static func arn(_ name: String) -> String { Formats.backupPrefix + "export:" + name }

  /// An export that was written, named by its folder or one of the two files in it.
  ///
  /// - Throws: `FileError` when it is none.
  package init(path: String) throws(FileError) {
    var folder = path
    for name in [Self.itemsName, Self.manifestName] where path.hasSuffix("/" + name) {
      folder = String(path.dropLast(name.count + 1))
    }
    while folder.count > 1 && folder.hasSuffix("/") { folder.removeLast() }
    var bytes: [UInt8] = []
    let manifest = folder + "/" + Self.manifestName
    try ExportFile.read(manifest) { bytes += $0 }
    self.init(path: folder, manifest: try ExportManifest(bytes, path: manifest))
  }

  init(path: String, manifest: ExportManifest) {
    self.path = path
    self.manifest = manifest
  }

  /// Whether the file of items is what was written, byte for byte.
  ///
  /// - Throws: `FileError` when it is not.
  package func verify() throws(FileError) {
    let found = try FileDigest(path: itemsPath)
    guard found.bytes == manifest.fileBytes, found.sha256 == manifest.sha256 else {
      throw FileError(
        path: itemsPath,
        reason:
          "it is not what was exported (\(found.bytes) bytes, sha256 \(found.sha256), and the manifest says \(manifest.fileBytes) bytes, sha256 \(manifest.sha256)): use another backup"
      )
    }
  }
}

/// Size and SHA-256 of a file.
struct FileDigest {
  let bytes: Int
  let sha256: String

  /// Reads a file.
  init(path: String) throws(FileError) {
    var count = 0
    var hash = SHA256()
    try ExportFile.read(path) {
      count += $0.count
      hash.update(bufferPointer: $0)
    }
    bytes = count
    sha256 = hash.finalize().hexadecimal
  }
}

extension SHA256.Digest {
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
