import DynamoJournalSQLite

/// The writes of one transaction: the tables they meet, and what they add to the tables' counts.
struct WriteSession {
  private struct Open {
    let table: StoredTable
    var items = 0
    var bytes = 0
  }

  /// A change that may be written, as far as can be said without its item.
  private struct Prepared {
    let change: Change
    let table: StoredTable
    let location: ItemLocation
    /// The size of the item to create; 0 for another change.
    let createdSize: Int
  }

  /// A change beside its row: what was found where the condition doesn't hold, else the row and, where read, its item.
  private struct Judged {
    var found: Found?
    var item: Item?
    var row: StoredItems.Row?
  }

  /// What is to be done to a row.
  private enum Write {
    case insert(StoredItems.Row)
    case update(StoredItems.Row, from: Int)
    case remove(from: Int)

    /// What counts towards the size of a unit.
    var size: Int {
      switch self {
      case .insert(let row), .update(let row, _): row.size
      case .remove(let size): size
      }
    }
  }

  /// A change whose condition holds.
  private struct Step {
    let write: Write
    let table: StoredTable
    let location: ItemLocation
  }

  private let connection: Connection
  private let items: StoredItems
  private var tables: [String: Open] = [:]

  init(_ connection: Connection) throws {
    self.connection = connection
    items = try StoredItems(connection)
  }

  /// Puts an item, whatever is there.
  mutating func put(_ item: Item, into name: String) throws {
    let table = try open(name)
    let size = try Validation.check(item, in: table.spec)
    let location = ItemLocation(item, table.spec.key)
    let row = StoredItems.Row(bytes: DynamoDBJSON.bytes(item), size: size)
    let old = try items.size(table.id, location)
    try execute(old.map { .update(row, from: $0) } ?? .insert(row), table, location)
  }

  /// Writes a unit if it may be and its conditions hold; nothing of it otherwise.
  ///
  /// - Throws: `SQLiteError`, after which the whole transaction has to be rolled back.
  mutating func write(_ unit: [Change]) throws -> UnitReply {
    let steps: [Step]
    do {
      try Validation.check(unit: unit)
      let prepared = try unit.map { try prepare($0) }
      let rows = try prepared.map { try items.row($0.table.id, $0.location) }
      let judged = try zip(prepared, rows).map { try judge($0, $1) }
      if judged.contains(where: { $0.found != nil }) {
        return UnitReply(.conditionFailed(judged.map(\.found)))
      }
      steps = try zip(prepared, judged).map { try step($0, $1) }
      if steps.count > 1 { try Validation.check(unitSize: steps.reduce(0) { $0 + $1.write.size }) }
    } catch let refusal as StoreError {
      return UnitReply(.refused(refusal))
    }
    for step in steps { try execute(step.write, step.table, step.location) }
    return UnitReply(.written)
  }

  /// Adds what was written to the counts of the tables.
  func flush() throws {
    for open in tables.values where open.items != 0 || open.bytes != 0 {
      try connection.statement(EmbeddedSQL.addToCounts)
        .bind(1, open.table.id).bind(2, Int64(open.items)).bind(3, Int64(open.bytes)).run()
    }
  }

  // MARK: The steps of a unit

  private mutating func open(_ name: String) throws -> StoredTable {
    if let open = tables[name] { return open.table }
    let table = try StoredTable.existing(name, connection)
    tables[name] = Open(table: table)
    return table
  }

  private mutating func prepare(_ change: Change) throws -> Prepared {
    let table = try open(change.table)
    let size = try Validation.check(change, in: table.spec)
    return Prepared(
      change: change, table: table, location: ItemLocation(change.key, table.spec.key), createdSize: size)
  }

  /// Whether the condition of a change holds; bytes decide first, since equal bytes spare reading the item.
  private func judge(_ prepared: Prepared, _ row: StoredItems.Row?) throws -> Judged {
    let change = prepared.change
    guard let row else {
      return change.kind == .create ? Judged() : Judged(found: Found(nil))
    }
    if change.kind == .delete, let before = change.before, DynamoDBJSON.bytes(before) == row.bytes {
      return Judged(row: row)
    }
    let item = try items.item(row)
    return change.matches(item, image: change.before)
      ? Judged(item: item, row: row) : Judged(found: Found(item))
  }

  private func step(_ prepared: Prepared, _ judged: Judged) throws -> Step {
    let write: Write
    switch (prepared.change.after, judged.item, judged.row) {
    case (nil, _, let row?): write = .remove(from: row.size)
    case (let after?, var item?, let row?):
      for name in prepared.change.touched { item[name] = after[name] }
      // The whole image, since an index that was made after the item may not take what stands in it.
      let size = try Validation.check(item, in: prepared.table.spec)
      write = .update(StoredItems.Row(bytes: DynamoDBJSON.bytes(item), size: size), from: row.size)
    case (let after, _, _):
      write = .insert(StoredItems.Row(bytes: DynamoDBJSON.bytes(after ?? [:]), size: prepared.createdSize))
    }
    return Step(write: write, table: prepared.table, location: prepared.location)
  }

  private mutating func execute(_ write: Write, _ table: StoredTable, _ location: ItemLocation) throws {
    let added: (items: Int, bytes: Int)
    switch write {
    case .insert(let row):
      try items.insert(row, table.id, location)
      added = (1, row.size)
    case .update(let row, let old):
      try items.update(row, table.id, location)
      added = (0, row.size - old)
    case .remove(let old):
      try items.remove(table.id, location)
      added = (-1, -old)
    }
    tables[table.spec.name]?.items += added.items
    tables[table.spec.name]?.bytes += added.bytes
  }
}
