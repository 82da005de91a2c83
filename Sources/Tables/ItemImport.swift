/// Loads files of DynamoDB JSON lines into a table: all of the files, or nothing.
package struct ItemImport: Sendable {
  /// Items of one put.
  private static let batchSize = 500

  private let paths: [String]
  private let spec: TableSpec

  /// An import of files into a table of that specification.
  package init(paths: [String], into spec: TableSpec) {
    self.paths = paths
    self.spec = spec
  }

  /// Reads every line of every file and writes nothing.
  ///
  /// - Returns: how many items there are.
  /// - Throws: `FileError` that names file and line.
  package func check() throws -> Int {
    var count = 0
    for path in paths {
      try forEachItem(of: path) { _ in count += 1 }
    }
    return count
  }

  /// Puts the items; an item of the same key is replaced.
  ///
  /// - Parameter progress: called after each group of items with their number; what it throws ends the loading.
  /// - Throws: `FileError`, `StoreError`, or what `progress` throws.
  package func load(into store: any TableStore, progress: (Int) throws -> Void) async throws {
    for path in paths {
      let reader = try LineReader(path: path)
      var batch: [Item] = []
      while let item = try next(reader, path) {
        batch.append(item)
        if batch.count >= Self.batchSize { try await put(&batch, store, progress) }
      }
      try await put(&batch, store, progress)
    }
  }

  private func put(_ batch: inout [Item], _ store: any TableStore, _ progress: (Int) throws -> Void)
    async throws
  {
    guard !batch.isEmpty else { return }
    try await store.put(batch, into: spec.name)
    try progress(batch.count)
    batch.removeAll(keepingCapacity: true)
  }

  private func forEachItem(of path: String, _ body: (Item) throws -> Void) throws {
    let reader = try LineReader(path: path)
    while let item = try next(reader, path) { try body(item) }
  }

  /// The next item; blank lines are passed over.
  private func next(_ reader: LineReader, _ path: String) throws -> Item? {
    while let line = try reader.next() {
      guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { continue }
      do {
        let item = try DynamoDBJSON.item(fromLine: line)
        _ = try Validation.check(item, in: spec)
        return item
      } catch {
        let reason = (error as? StoreError)?.message ?? "\(error)"
        throw FileError(path: path, reason: "line \(reader.lineNumber): \(reason)")
      }
    }
    return nil
  }
}
