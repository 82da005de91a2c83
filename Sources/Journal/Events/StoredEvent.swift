import DynamoJournalTables

/// An event as the journal holds it.
public struct StoredEvent: Sendable {
  /// Its place, from 1.
  public let seq: Int64
  /// The run's number.
  public let run: Int64
  /// What it says.
  public let kind: EventKind
  /// When, in microseconds since 1970, UTC.
  public let at: Int64
  /// Who.
  public let actor: ActorIdentity
  /// The change's number in its run.
  public let change: Int?
  /// For an outcome: the planned event.
  public let planned: Int64?
  /// The table's name.
  public let table: String?
  /// Key, as canonical DynamoDB JSON.
  public let key: [UInt8]?
  /// What the event keeps, as JSON.
  public let detail: [UInt8]?

  /// The detail, decoded.
  ///
  /// - Throws: `JournalError.damaged` when it isn't what this kind of event keeps.
  public func decode<Detail: Decodable>(_ type: Detail.Type) throws -> Detail {
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
