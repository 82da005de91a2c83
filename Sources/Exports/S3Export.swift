import Crypto
import DynamoJournalJSON
import DynamoJournalProgram
import DynamoJournalTables
import Foundation

/// A full export of a table as DynamoDB writes it to S3, in a folder that it was copied to.
///
/// The folder has `manifest-summary.json`, `manifest-files.json` and, under `data`, files of DynamoDB JSON lines.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
package struct S3Export: Hashable, Sendable {
  static let summaryName = "manifest-summary.json"
  static let filesName = "manifest-files.json"
  /// The folder that DynamoDB makes for all exports under a prefix.
  private static let rootName = "AWSDynamoDB"

  /// The files, each with the number of items that the manifest says.
  package let files: [ItemFile]
  /// The table that was exported; nil where the summary does not say.
  package let table: String?

  /// The folder of the export that a path names: by itself, its summary, or what was copied of a bucket with one export.
  package static func folder(_ path: String) throws(FileError) -> String? {
    if path.hasSuffix("/" + summaryName) { return String(path.dropLast(summaryName.count + 1)) }
    if path == summaryName { return "." }
    guard FileKind.isFolder(path) else { return nil }
    if isThere(path + "/" + summaryName) { return path }
    // What `aws s3 cp --recursive` makes of a bucket: AWSDynamoDB/ID/manifest-summary.json.
    let isRoot = path.split(separator: "/").last == Substring(rootName)
    let below = exports(below: isRoot ? path : path + "/" + rootName)
    guard below.count <= 1 else {
      throw FileError(
        path: path, reason: "there are \(below.count) exports in it",
        remedy: "name the folder of one of them, such as \(ShellWord.text(below[0]))")
    }
    return below.first
  }

  private static func exports(below root: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.sorted().map { root + "/" + $0 }.filter { isThere($0 + "/" + summaryName) }
  }

  private static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Reads the manifest, and compares it and every file with their checksums.
  ///
  /// - Throws: `FileError` for an export that is not whole, or of another kind.
  package init(folder: String) throws(FileError) {
    let summary = try Self.summary(folder)
    let manifest = folder + "/" + Self.filesName
    try Self.check(manifest)
    let lines = try Self.lines(manifest)
    var files: [ItemFile] = []
    for (index, line) in lines.enumerated() {
      files.append(try Self.file(line, number: index + 1, manifest, in: folder))
    }
    if let wanted = summary["itemCount"]?.integerValue {
      let found = files.reduce(0) { $0 + Int64($1.items ?? 0) }
      guard found == wanted else {
        throw FileError(
          path: folder, reason: "its files hold \(found) items, and the summary says \(wanted)",
          remedy: "fetch the export again")
      }
    }
    self.files = files
    table = summary["tableArn"]?.stringValue?.split(separator: "/").dropFirst().first.map(String.init)
  }

  // MARK: The summary

  private static func summary(_ folder: String) throws(FileError) -> JSONValue {
    let path = folder + "/" + summaryName
    try check(path)
    guard let summary = try? JSONValue(parsing: try bytes(path)), summary.objectValue != nil else {
      throw FileError(path: path, reason: "it is not the summary of an export", remedy: "fetch it again")
    }
    if let kind = summary["exportType"]?.stringValue, kind != "FULL_EXPORT" {
      throw FileError(
        path: folder, reason: "it is an incremental export, which holds changes and not items (\(kind))",
        remedy:
          "plan its changes: gunzip -c \(ShellWord.text(folder))/data/*.json.gz | jq -c '{table: \"TABLE\", key: .Keys, after: .NewImage}' | \(Program.name) plan --from - --reason '…'"
      )
    }
    if let form = summary["outputFormat"]?.stringValue, form != "DYNAMODB_JSON" {
      throw FileError(
        path: folder, reason: "its items are in the form \(form)",
        remedy: "export the table again with --export-format DYNAMODB_JSON")
    }
    return summary
  }

  // MARK: Files

  private static func lines(_ manifest: String) throws(FileError) -> [[UInt8]] {
    try bytes(manifest).split(separator: UInt8(ascii: "\n")).map(Array.init).filter { line in
      line.contains { ![0x20, 0x09, 0x0D].contains($0) }
    }
  }

  private static func file(
    _ line: [UInt8], number: Int, _ manifest: String, in folder: String
  ) throws(FileError) -> ItemFile {
    guard let entry = try? JSONValue(parsing: line), let key = entry["dataFileS3Key"]?.stringValue,
      let items = entry["itemCount"]?.integerValue, let name = key.split(separator: "/").last, name != ".."
    else {
      throw FileError(path: manifest, reason: "line \(number) does not name a file of the export")
    }
    let path = folder + "/data/" + name
    guard isThere(path) else {
      throw FileError(
        path: path, reason: "the manifest names this file, and it is not there",
        remedy: "fetch the export again")
    }
    if let wanted = entry["md5Checksum"]?.stringValue {
      // Nothing is kept safe by MD5 here: it is what DynamoDB writes, against damage on the way.
      guard try digest(path, Insecure.MD5()).isSame(as: wanted) else {
        throw FileError(
          path: path, reason: "its MD5 is not the one of the manifest", remedy: "fetch the export again")
      }
    }
    return ItemFile(path: path, items: Int(items))
  }

  // MARK: Checksums

  /// Compares a manifest with the checksum beside it, where there is one of a kind that its length tells.
  private static func check(_ manifest: String) throws(FileError) {
    let stem = manifest.hasSuffix(".json") ? String(manifest.dropLast(5)) : manifest
    for path in [stem + ".checksum", stem + ".md5"] where isThere(path) {
      let text = String(decoding: try bytes(path), as: UTF8.self)
      let wanted = text.split { $0.isWhitespace }.first.map(String.init) ?? ""
      let isSame =
        switch wanted.utf8.count {
        case 24, 32: try digest(manifest, Insecure.MD5()).isSame(as: wanted)
        case 44, 64: try digest(manifest, SHA256()).isSame(as: wanted)
        default: true
        }
      guard isSame else {
        throw FileError(
          path: manifest, reason: "its checksum is not the one in '\(path)'", remedy: "fetch the export again"
        )
      }
    }
  }

  private struct Digest {
    let bytes: [UInt8]

    func isSame(as text: String) -> Bool {
      let digits = Array("0123456789abcdef")
      let hexadecimal = String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
      return text == Data(bytes).base64EncodedString() || text.lowercased() == hexadecimal
    }
  }

  private static func digest(_ path: String, _ start: some HashFunction) throws(FileError) -> Digest {
    var hash = start
    try ExportFile.read(path) { hash.update(bufferPointer: $0) }
    return Digest(bytes: Array(hash.finalize()))
  }

  private static func bytes(_ path: String) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    try ExportFile.read(path) { bytes += $0 }
    if bytes.starts(with: ForeignForm.byteOrderMark) { bytes.removeFirst(3) }
    return bytes
  }
}
