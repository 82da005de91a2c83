import DynamoJournalTables

// What is journaled while a run is planned and made ready.

/// `input`: which piece of which reply the event's body is.
package struct InputDetail: Codable, Hashable, Sendable {
  /// The migration's name for the input.
  package var name: String
  /// The piece's number, from 0.
  package var piece: Int
  /// Whether the input is whole with this piece.
  package var last: Bool
  /// Where it came from: scheme, host, port and, where it is no secret, the path.
  package var source: String
  /// How many bytes the body has uncompressed, if it is compressed (RFC 1950); nil for one that is not.
  package var size: Int?
  /// With the last piece, `sha256:` and the digest of the whole reply; nil in journals of earlier versions.
  package var digest: String?
  /// The events that have the pieces, for a reply that was captured before: this event has no body.
  package var copyOf: [Int64]?

  /// More bytes than a piece ever has.
  static let largestPiece = 16 << 20

  /// The detail of an `input` event.
  package init(
    name: String, piece: Int, last: Bool, source: String, size: Int? = nil, digest: String? = nil,
    copyOf: [Int64]? = nil
  ) {
    self.name = name
    self.piece = piece
    self.last = last
    self.source = source
    self.size = size
    self.digest = digest
    self.copyOf = copyOf
  }

  /// The bytes of a piece as they came.
  ///
  /// - Throws: `JournalError.damaged` when the body is not what it says.
  func bytes(of body: [UInt8], event: Int64) throws -> [UInt8] {
    guard let size, !body.isEmpty else { return body }
    guard (0...Self.largestPiece).contains(size), let bytes = Zlib.uncompressed(body, size: size) else {
      throw JournalError.damaged(event: event, reason: "its body can't be uncompressed")
    }
    return bytes
  }
}

/// `note`: a finding.
public struct NoteDetail: Codable, Hashable, Sendable {
  /// The classes of findings, as reports group them.
  public enum Category: String, Codable, Sendable, CaseIterable {
    /// Something was left as it is, for a reason that is no error.
    case skipped
    /// Two facts contradict each other; neither side was touched.
    case conflict
    /// The data is not what it should be.
    case data
    /// Something to know that stops nothing.
    case warning
  }

  /// The class.
  public var category: Category
  /// The finding's name, such as `operatorWithoutValidator`.
  public var code: String
  /// One sentence, without item values other than the key.
  public var message: String

  /// The detail of a `note` event.
  public init(category: Category, code: String, message: String) {
    self.category = category
    self.code = code
    self.message = message
  }
}

/// The kinds of backups. The raw values are typed after `--backup` and stand in the journal.
package enum BackupKind: String, Codable, Sendable, CaseIterable {
  /// Made and kept by the target itself.
  case onDemand = "on-demand"
  /// Read from the table and written to a file beside the journal.
  case export
}

/// `backedUp`: a backup that was made before the first change.
package struct BackedUpDetail: Codable, Hashable, Sendable {
  /// The table's name.
  package var table: String
  /// The backup's name.
  package var name: String
  /// The backup's ARN; for an export a name of the same form.
  package var arn: String
  /// Its size in bytes; for an export that of the file.
  package var sizeBytes: Int
  /// Table settings that a restore loses, by name.
  package var lostOnRestore: [String: String]
  /// The kind; nil in journals from before there were two, where it was `onDemand`.
  package var kind: BackupKind?
  /// How many items it holds; nil where the target did not say. DynamoDB's own number is hours old.
  package var items: Int?
  /// For an export: its folder when it was made.
  package var path: String?
  /// For an export: `sha256:` and the digest of the file of items.
  package var digest: String?

  /// The detail of a `backedUp` event.
  package init(
    table: String, name: String, arn: String, sizeBytes: Int, lostOnRestore: [String: String],
    kind: BackupKind? = nil, items: Int? = nil, path: String? = nil, digest: String? = nil
  ) {
    self.table = table
    self.name = name
    self.arn = arn
    self.sizeBytes = sizeBytes
    self.lostOnRestore = lostOnRestore
    self.kind = kind
    self.items = items
    self.path = path
    self.digest = digest
  }
}
