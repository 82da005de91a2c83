import DynamoJournalTables

/// An event as the journal holds it.
package struct StoredEvent: Sendable {
  /// Its place, from 1.
  package let seq: Int64
  /// The run's number.
  package let run: Int64
  /// What it says.
  package let kind: EventKind
  /// When, in microseconds since 1970, UTC.
  package let at: Int64
  /// Who.
  package let actor: ActorIdentity
  /// The change's number in its run.
  package let change: Int?
  /// For an outcome: the planned event.
  package let planned: Int64?
  /// The table's name.
  package let table: String?
  /// Key, as canonical DynamoDB JSON.
  package let key: [UInt8]?
  /// What the event keeps, as JSON.
  package let detail: [UInt8]?

  /// The detail, decoded.
  ///
  /// - Throws: `JournalError.damaged` when it isn't what this kind of event keeps.
  package func decode<Detail: Decodable>(_ type: Detail.Type) throws -> Detail {
    do {
      return try DetailCoding.decode(type, detail)
    } catch {
      throw damaged("its detail can't be read")
    }
  }

  /// The move that the event makes; nil for one that moves nothing.
  func move() throws -> RunMove? {
    do { return try RunMove.of(kind, detail) } catch { throw damaged("its detail can't be read") }
  }

  func damaged(_ reason: String) -> JournalError { .damaged(event: seq, reason: reason) }
}
