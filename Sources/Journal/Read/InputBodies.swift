import DynamoJournalSQLite

/// Reads captured inputs on a connection of its own, without waiting for whoever appends.
package final class InputBodies {
  private let connection: Connection

  /// Opens the journal at that path for reading.
  package init(path: String) throws {
    do { connection = try Connection(path: path, mode: .readOnly) } catch let error as SQLiteError {
      throw JournalError(error)
    }
  }

  /// The bytes of one piece.
  package func body(of seq: Int64) throws -> [UInt8] {
    do {
      let row = try connection.statement(Queries.body).bind(1, seq).first {
        ($0.bytes(0) ?? [], $0.bytes(1) ?? [])
      }
      guard let (body, detail) = row else { return [] }
      return try DetailCoding.decode(InputDetail.self, detail).bytes(of: body, event: seq)
    } catch let error as SQLiteError {
      throw JournalError(error)
    }
  }
}
