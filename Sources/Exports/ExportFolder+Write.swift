import Crypto
import DynamoJournalJSON
import DynamoJournalTables

extension ExportFolder {
  /// Writes every item of a table into a new export, reads it back, and gives it its name.
  ///
  /// Pages of consistent reads, one in memory at a time. A scan is not a snapshot: what others write meanwhile may be in it
  /// or not (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html).
  /// - Parameters:
  ///   - settings: what a table made from its specification lacks.
  ///   - page: called before each page with the number of items in the one before; what it throws ends the export.
  /// - Throws: `FileError`, `StoreError`, or what `page` throws; nothing is left under the name then.
  package func export(
    _ table: String, of store: any TableStore, as name: String, origin: ExportOrigin,
    settings: [String: String], page: (Int) throws -> Void
  ) async throws -> TableExport {
    guard let description = try await store.describe(table) else {
      throw StoreError.notFound("there is no table '\(table)' to export")
    }
    // Nobody else has a backup of this name: what stands here is of a process that died.
    let draft = draft(of: name)
    let file = try begin(draft)
    let contents = try await copy(table, of: store, into: file, page)
    let manifest = ExportManifest(
      name: name, spec: description.spec, settings: settings, items: contents.items,
      fileBytes: contents.file.bytes, sha256: contents.file.sha256, origin: origin)
    return try publish(draft, manifest)
  }

  private func begin(_ draft: String) throws -> ItemsFile {
    try ExportFile.makeFolder(path)
    try Self.remove(draft)
    return try ItemsFile(in: draft)
  }

  private func copy(
    _ table: String, of store: any TableStore, into file: ItemsFile, _ report: (Int) throws -> Void
  ) async throws -> ItemsFile.Contents {
    do {
      var request = ScanRequest(table: table)
      var itemsBefore = 0
      var watch = ScanWatch()
      repeat {
        try report(itemsBefore)
        let page = try await store.scan(request)
        try watch.check(page, of: table)
        try file.add(page.items)
        itemsBefore = page.items.count
        request.after = page.lastKey
      } while request.after != nil
      return try file.finish()
    } catch {
      // What went wrong first is what is told; a draft that stays is removed by the next try.
      try? Self.remove(file.folder)
      throw error
    }
  }

  private func publish(_ draft: String, _ manifest: ExportManifest) throws -> TableExport {
    do { return try publishing(draft, manifest) } catch {
      try? Self.remove(draft)
      throw error
    }
  }

  private func publishing(_ draft: String, _ manifest: ExportManifest) throws -> TableExport {
    let text = Array((manifest.json.prettyText() + "\n").utf8)
    try ExportFile.write(text, to: draft + "/" + TableExport.manifestName)
    try ExportFile.sync(draft)
    let final = path(of: manifest.name)
    try ExportFile.move(draft, to: final, in: path)
    return TableExport(path: final, manifest: manifest)
  }
}

/// The items of an export on their way to the disk.
///
/// A class of its own since the optimizer of Swift 6.3.1 crashes over one asynchronous function that holds all of this.
private final class ItemsFile {
  struct Contents {
    let items: Int
    let file: FileDigest
  }

  let folder: String
  private let path: String
  private let file: ExportFile
  private var written = LineDigest()

  init(in draft: String) throws {
    try ExportFile.makeFolder(draft)
    folder = draft
    path = draft + "/" + TableExport.itemsName
    file = try ExportFile(path: path)
  }

  func add(_ items: [Item]) throws {
    for item in items {
      let line = Self.line(item)
      written.add(line)
      try file.write(line)
    }
  }

  /// Ends the file and reads it back.
  func finish() throws -> Contents {
    try file.finish()
    let digest = try FileDigest(path: path)
    try readBack()
    return Contents(items: written.count, file: digest)
  }

  /// `{"Item":{…}}` and the line's end, as AWS's export to S3 and `tables export` write it.
  private static func line(_ item: Item) -> [UInt8] {
    var bytes = Array(#"{"Item":"#.utf8)
    DynamoDBJSON.append(item, to: &bytes)
    return bytes + [UInt8(ascii: "}"), UInt8(ascii: "\n")]
  }

  /// Counts and digests what is in the file, and compares that with what was scanned.
  private func readBack() throws {
    let reader = try LineReader(path: path)
    var found = LineDigest()
    while let line = try reader.next() { found.add(line + [UInt8(ascii: "\n")]) }
    guard found.count == written.count, found.isSame(as: written) else {
      throw FileError(
        path: path,
        reason:
          "it does not hold what was read from the table (\(found.count) items of \(written.count)): check the disk and try again"
      )
    }
  }
}

/// Count and SHA-256 of lines.
private struct LineDigest {
  private(set) var count = 0
  private var hash = SHA256()

  mutating func add(_ line: [UInt8]) {
    count += 1
    hash.update(data: line)
  }

  func isSame(as other: LineDigest) -> Bool { hash.finalize() == other.hash.finalize() }
}
