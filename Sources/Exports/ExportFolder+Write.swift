import Crypto
import JSON
import Tables

extension ExportFolder {
  /// Writes every item of a table into a new export, reads it back, and gives it its name.
  ///
  /// Pages of consistent reads, one in memory at a time. A scan is no snapshot: what others write meanwhile may be in it
  /// or not (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html).
  /// - Parameters:
  ///   - settings: what a table made from its specification lacks.
  ///   - page: called before each page with the number of items in the one before; what it throws ends the export.
  /// - Throws: `FileError`, `StoreError`, or what `page` throws; nothing is left under the name then.
  public func export(
    _ table: String, of store: any TableStore, as name: String, origin: ExportOrigin,
    settings: [String: String], page: (Int) throws -> Void
  ) async throws -> TableExport {
    guard let spec = try await store.describe(table)?.spec else {
      throw StoreError.notFound("there is no table '\(table)' to export")
    }
    try ExportFile.makeFolder(path)
    // Under the journal's lock nobody else writes here: what has this name is of a process that died.
    let draft = path(of: "." + name + ".partial")
    try Self.remove(draft)
    do {
      let contents = try await write(table, of: store, into: draft, page)
      let manifest = ExportManifest(
        name: name, spec: spec, settings: settings, items: contents.items, fileBytes: contents.file.bytes,
        sha256: contents.file.sha256, origin: origin)
      let text = Array((manifest.json.prettyText() + "\n").utf8)
      try ExportFile.write(text, to: draft + "/" + TableExport.manifestName)
      try ExportFile.sync(draft)
      try ExportFile.move(draft, to: path(of: name), in: path)
      return TableExport(path: path(of: name), manifest: manifest)
    } catch {
      // What went wrong first is what is told; a draft that stays is removed by the next try.
      try? Self.remove(draft)
      throw error
    }
  }

  private func write(
    _ table: String, of store: any TableStore, into draft: String, _ report: (Int) throws -> Void
  ) async throws -> (items: Int, file: FileDigest) {
    try ExportFile.makeFolder(draft)
    let path = draft + "/" + TableExport.itemsName
    let file = try ExportFile(path: path)
    var written = LineDigest()
    var request = ScanRequest(table: table)
    var itemsBefore = 0
    repeat {
      try report(itemsBefore)
      let page = try await store.scan(request)
      for item in page.items {
        let line = Self.line(item)
        written.add(line)
        try file.write(line)
      }
      itemsBefore = page.items.count
      request.after = page.lastKey
    } while request.after != nil
    try file.finish()
    let digest = try FileDigest(path: path)
    try Self.readBack(path, expecting: written)
    return (written.count, digest)
  }

  /// `{"Item":{…}}` and the line's end, as AWS's export to S3 and `tables export` write it.
  private static func line(_ item: Item) -> [UInt8] {
    var bytes = Array(#"{"Item":"#.utf8)
    DynamoDBJSON.append(item, to: &bytes)
    return bytes + [UInt8(ascii: "}"), UInt8(ascii: "\n")]
  }

  /// Counts and digests what is in the file, and compares that with what was scanned.
  private static func readBack(_ path: String, expecting written: LineDigest) throws {
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
