/// Files of items that are to go into a table: all of the files, or nothing.
package struct ItemImport: Sendable {
  /// Items of one put.
  private static let batchSize = 500

  private let files: [ItemFile]
  private let spec: TableSpec
  /// The keys of the files, where some stand in them more than once.
  private var repeated: Repeated?

  /// An import of files into a table of that specification.
  package init(files: [ItemFile], into spec: TableSpec) {
    self.files = files
    self.spec = spec
  }

  /// An import of files into a table of that specification.
  package init(paths: [String], into spec: TableSpec) {
    self.init(files: paths.map { ItemFile(path: $0) }, into: spec)
  }

  /// What is in the files.
  package struct Contents: Sendable {
    /// Items, each key once.
    package let items: Int
    /// Items that stand in the files more than once: so many too many.
    package let repeats: Int
    /// The files that say themselves that the table they are from has more items.
    package let cutOff: [String]
  }

  /// Reads every item of every file and writes nothing.
  ///
  /// - Returns: how many items there are.
  /// - Throws: `FileError` that names file and line.
  package func check() throws -> Int {
    var copy = self
    return try copy.contents().items
  }

  /// The same, with more to say of the files, and with each key once in what is read again.
  ///
  /// - Throws: `FileError` that names file and line, also of two different items with one key.
  package mutating func contents() throws -> Contents {
    let index = try KeyIndex()
    var (items, repeats) = (0, 0)
    var cutOff: [String] = []
    for (number, file) in files.enumerated() {
      let reader = try ItemReader(file, table: spec.name)
      var inFile = 0
      while let (item, key) = try next(reader, file) {
        inFile += 1
        switch try index.add(item, key, at: KeyIndex.Place(reader, file: number)) {
        case .new: items += 1
        case .same: repeats += 1
        case .other(let place): throw twice(reader, file, place)
        }
      }
      if reader.isCutOff { cutOff.append(file.name) }
      try checkCount(inFile, of: file)
    }
    repeated = repeats > 0 ? Repeated(index) : nil
    return Contents(items: items, repeats: repeats, cutOff: cutOff)
  }

  private func checkCount(_ count: Int, of file: ItemFile) throws(FileError) {
    guard let wanted = file.items, wanted != count else { return }
    throw FileError(
      path: file.name, reason: "it holds \(count) items, and the manifest says \(wanted)",
      remedy: "fetch the export again")
  }

  /// Which of two items is meant is for people to say.
  private func twice(_ reader: ItemReader, _ file: ItemFile, _ first: KeyIndex.Place) -> FileError {
    let other = files[first.file]
    let words =
      reader.words(line: first.line, number: first.number) + (other == file ? "" : " of '\(other.name)'")
    return FileError(
      path: file.name, reason: "\(reader.place): \(words) has another item with the same key",
      remedy: "keep one of them")
  }

  /// The next item with its key, checked.
  private func next(_ reader: ItemReader, _ file: ItemFile) throws -> (Item, Key)? {
    guard let item = try reader.next() else { return nil }
    do { _ = try Validation.check(item, in: spec) } catch {
      throw FileError(path: file.name, reason: "\(reader.place): \(error.message)")
    }
    guard let key = spec.key.key(of: item) else {
      throw FileError(path: file.name, reason: "\(reader.place): the item has no key")
    }
    return (item, key)
  }

  // MARK: What is read again

  /// Hands on each item with its key, in groups of at most so many, each key once.
  ///
  /// - Throws: `FileError`, or what `body` throws.
  package func forEachBatch(
    of size: Int, _ body: ([(item: Item, key: Key)]) async throws -> Void
  ) async throws {
    var batch: [(item: Item, key: Key)] = []
    for (number, file) in files.enumerated() {
      let reader = try ItemReader(file, table: spec.name)
      while let (item, key) = try next(reader, file) {
        if let repeated, try !repeated.index.isFirst(key, at: KeyIndex.Place(reader, file: number)) {
          continue
        }
        batch.append((item, key))
        if batch.count == size {
          try await body(batch)
          batch.removeAll(keepingCapacity: true)
        }
      }
    }
    if !batch.isEmpty { try await body(batch) }
  }

  /// Puts the items; an item of the same key is replaced.
  ///
  /// - Parameter progress: called after each group of items with their number; what it throws ends the loading.
  /// - Throws: `ImportBroken` once something may be written, with what went wrong in it.
  package func load(into store: any TableStore, progress: (Int) throws -> Void) async throws {
    var written = 0
    var inDoubt: [(item: Item, key: Key)] = []
    do {
      try await forEachBatch(of: Self.batchSize) { batch in
        inDoubt = batch
        try await store.put(batch.map(\.item), into: spec.name)
        inDoubt = []
        written += batch.count
        try progress(batch.count)
      }
    } catch {
      // A target that is lost, or a request to stop, is not made to wait for.
      let isAnswering = (error as? StoreError)?.kind == .refused || inDoubt.isEmpty
      let found = isAnswering ? await Self.found(inDoubt, in: store, spec.name) : nil
      throw ImportBroken(cause: error, written: written + (found ?? 0), isExact: found != nil)
    }
  }

  /// How many of the items are in the table; nil when it can't be told.
  private static func found(
    _ batch: [(item: Item, key: Key)], in store: any TableStore, _ table: String
  ) async -> Int? {
    if batch.isEmpty { return 0 }
    // The words are those of what went wrong before.
    guard let items = try? await store.items(batch.map(\.key), in: table) else { return nil }
    return zip(batch, items).count { $0.item == $1 }
  }

  /// An index that is written no more: reading it is confined to the one task that imports, hence the unchecked conformance.
  private final class Repeated: @unchecked Sendable {
    let index: KeyIndex

    init(_ index: KeyIndex) { self.index = index }
  }
}

/// Items were being put into a table when something went wrong.
package struct ImportBroken: Error {
  /// What went wrong.
  package let cause: any Error
  /// How many items are in the table, or at least are.
  package let written: Int
  /// Whether it is known that there are no more.
  package let isExact: Bool

  /// An end before the end.
  package init(cause: any Error, written: Int, isExact: Bool) {
    self.cause = cause
    self.written = written
    self.isExact = isExact
  }
}
