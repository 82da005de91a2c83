import DynamoJournalRunner
import DynamoJournalTables

/// The reads that a program makes through the host: each captured in the journal before it is answered, and answered from there
/// when the run is resumed, so that it plans from the same facts.
final class ProgramReads {
  /// The name of the captured pieces.
  static let name = "reads"
  /// Bytes of a piece, about.
  private static let pieceSize = 512 << 10

  private let planner: Planner
  private let facts: LookupTable
  private var tables: [String: TableDescription] = [:]

  /// With what an interrupted run has captured.
  init(_ planner: Planner) async throws {
    self.planner = planner
    facts = try planner.lookupTable()
    try await planner.forEachCaptured(Self.name) { [facts] piece in
      let fields = piece.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
      for index in stride(from: 0, to: fields.count - 2, by: 3) {
        try facts.set(Self.fact(fields[index], fields[index + 1]), fields[index + 2])
      }
    }
  }

  private static func fact(_ table: String, _ key: String) -> String { table + "\n" + key }

  /// The items as DynamoDB JSON, `null` for each that does not exist.
  ///
  /// - Parameter asked: tables and keys, with the key of the item that the question is about.
  func items(_ asked: [(table: String, key: Item, about: String)]) async throws -> [[UInt8]] {
    var wanted: [String: [Key]] = [:]
    var (names, seen): ([String], Set<String>) = ([], [])
    for (table, key, about) in asked {
      let checked = try await check(table, key, about)
      let name = Self.fact(table, DynamoDBJSON.text(key))
      names.append(name)
      if try facts.value(name) == nil, seen.insert(name).inserted {
        wanted[table, default: []].append(checked)
      }
    }
    for table in wanted.keys.sorted() { try await read(wanted[table] ?? [], table) }
    return try names.map { Array(try facts.value($0)?.utf8 ?? "null".utf8) }
  }

  private func read(_ keys: [Key], _ table: String) async throws {
    let items = try await planner.tables.items(keys, in: table)
    var piece: [UInt8] = []
    for (key, item) in zip(keys, items) {
      let (name, value) = (DynamoDBJSON.text(key.attributes), item.map { DynamoDBJSON.text($0) } ?? "null")
      try facts.set(Self.fact(table, name), value)
      // Canonical JSON has no line feed of its own.
      piece += Array("\(table)\n\(name)\n\(value)\n".utf8)
      if piece.count >= Self.pieceSize { try await keep(&piece) }
    }
    if !piece.isEmpty { try await keep(&piece) }
  }

  private func keep(_ piece: inout [UInt8]) async throws {
    try await planner.capture(piece, as: Self.name, from: "the tables")
    piece = []
  }

  private func check(_ table: String, _ key: Item, _ about: String) async throws -> Key {
    let spec = try await description(of: table, about).spec
    do {
      try Validation.check(Key(key), of: spec.key, in: table)
    } catch {
      throw ProgramFault.badAnswer(key: about, reason: "it asks for a key that can't be: \(error.message)")
    }
    return Key(key)
  }

  /// The table of that name.
  func description(of table: String, _ about: String) async throws -> TableDescription {
    if let known = tables[table] { return known }
    let isName = (try? Validation.check(name: table, of: .table)) != nil
    guard isName, let found = try await planner.tables.describe(table) else {
      throw ProgramFault.badAnswer(
        key: about,
        reason: await planner.tables.missing(String(table.prefix(255)), remedy: "name another, or create it")
          .description)
    }
    tables[table] = found
    return found
  }
}
