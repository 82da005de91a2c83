import Crypto
import Foundation
import DynamoJournalEvents
import DynamoJournalTables

/// Holds a reply beside the journal until it is whole: compressed, in a file that nobody else can open and that is gone with
/// the process, however it ends.
final class InputSpool {
  /// A piece of the reply, as it stands in the file.
  struct Piece {
    /// Bytes as they came.
    let size: Int
    fileprivate let offset: UInt64
    fileprivate let length: Int
  }

  /// Bytes of one `input` event: large enough to be cheap, small enough to hold.
  private static let pieceSize = 512 * 1024
  /// What stays free on the disk, for the journal and for others.
  private static let reserve: Int64 = 64 << 20

  /// The pieces so far.
  private(set) var pieces: [Piece] = []
  private let request: InputRequest
  private let file: FileHandle
  private let folder: String
  private var buffer: [UInt8] = []
  private var count = 0
  private var end: UInt64 = 0
  private var hash = SHA256()

  /// A spool in the folder of the journal.
  ///
  /// - Throws: `InputError` when there is no room for it.
  init(besides journal: String, _ request: InputRequest) throws {
    self.request = request
    folder = URL(fileURLWithPath: journal).deletingLastPathComponent().path
    file = try Self.open(journal + ".input-XXXXXX", request)
    try checkSpace()
  }

  /// `sha256:` and the digest of all that came.
  var digest: String {
    "sha256:" + hash.finalize().map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
  }

  /// Takes in what came next.
  ///
  /// - Throws: `InputError` for a reply that is too large, or when the disk is full.
  func add(_ bytes: [UInt8]) throws {
    count += bytes.count
    guard count <= request.maximumBytes else { throw InputError.tooLarge(request) }
    hash.update(data: bytes)
    buffer += bytes
    while buffer.count >= Self.pieceSize { try write(Self.pieceSize) }
  }

  /// Takes in the end; a reply of no bytes is one empty piece.
  func finish() throws {
    if !buffer.isEmpty || pieces.isEmpty { try write(buffer.count) }
  }

  /// Forgets what came so far.
  func clear() throws {
    pieces = []
    buffer = []
    count = 0
    end = 0
    hash = SHA256()
    try file.truncate(atOffset: 0)
  }

  /// The compressed bytes of a piece.
  func body(of piece: Piece) throws -> [UInt8] {
    try file.seek(toOffset: piece.offset)
    let data = try file.read(upToCount: piece.length) ?? Data()
    guard data.count == piece.length else {
      throw InputError(
        source: request.source, reason: "it could not be read back from the disk", remedy: "try again")
    }
    return Array(data)
  }

  private func write(_ size: Int) throws {
    let bytes = Zlib.compressed(Array(buffer.prefix(size)))
    buffer.removeFirst(size)
    if pieces.count % 16 == 15 { try checkSpace() }
    do {
      try file.seek(toOffset: end)
      try file.write(contentsOf: bytes)
    } catch {
      throw InputError(
        source: request.source, reason: "the disk of '\(folder)' can't take it",
        remedy: "free some space and try again"
      )
    }
    pieces.append(Piece(size: size, offset: end, length: bytes.count))
    end += UInt64(bytes.count)
  }

  private func checkSpace() throws {
    let facts = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    guard let free = (facts?[.systemFreeSize] as? NSNumber)?.int64Value, free < Self.reserve else { return }
    throw InputError(
      source: request.source,
      reason:
        "the disk of '\(folder)' has \(free >> 20) MB left, and \(Self.reserve >> 20) MB stay free for the journal",
      remedy: "free some space and try again"
    )
  }

  /// A file of mode 0600 without a name.
  private static func open(_ template: String, _ request: InputRequest) throws -> FileHandle {
    var path = Array(template.utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else {
      throw InputError(
        source: request.source,
        reason:
          "no file can be made beside the journal (\(String(cString: strerror(errno))))",
        remedy: "free some space, or make its folder writable"
      )
    }
    unlink(path)
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

extension InputError {
  /// A reply of more bytes than are taken.
  package static func tooLarge(_ request: InputRequest) -> InputError {
    InputError(
      source: request.source,
      reason:
        "it is larger than \(request.maximumBytes >> 20) MB, and nothing of it was kept",
      remedy: "check that the right server answers"
    )
  }
}
