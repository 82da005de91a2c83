import DynamoJournalProgram
import Foundation

/// What a journal was at one moment, in three lines of text that can be kept elsewhere: its name, how many events it had,
/// and the hash of the last of them.
///
/// The text is that of a checkpoint of a transparency log, https://c2sp.org/tlog-checkpoint. One thing differs from other
/// logs: a journal is a chain and not a Merkle tree, so the root hash is its head, and to check one checkpoint
/// against a longer journal takes the journal's events.
package struct LogCheckpoint: Hashable, Sendable {
  /// What the origins of all journals begin with; the journal's id follows.
  package static let originPrefix = Formats.checkpointOrigin
  /// How many bytes a head has: those of a SHA-256.
  package static let headLength = 32
  /// The longest text that is read, in bytes. One of ours has at most 224.
  static let maximumLength = 1024
  /// The longest journal id, in hexadecimal digits.
  static let maximumIDLength = 128

  /// The journal's id: lower-case hexadecimal digits.
  package let journalID: String
  /// How many events the journal had.
  package let size: Int64
  /// The hash of the journal's last event, 32 bytes.
  package let head: [UInt8]

  /// A checkpoint.
  ///
  /// - Parameter journalID: 1 to 128 lower-case hexadecimal digits.
  /// - Throws: `LogCheckpointError.badJournalID`, `.badSize` for a negative one, `.badHead` where it has not 32 bytes.
  package init(journalID: String, size: Int64, head: [UInt8]) throws(LogCheckpointError) {
    guard Self.isID(journalID) else { throw .badJournalID(journalID) }
    guard size >= 0 else { throw .badSize(String(size)) }
    guard head.count == Self.headLength else { throw .badHead }
    (self.journalID, self.size, self.head) = (journalID, size, head)
  }

  /// The origin line: which journal this is a checkpoint of.
  package var origin: String { Self.originPrefix + journalID }

  /// The three lines, each ended by a line feed. These bytes are what is signed.
  package var text: String { "\(origin)\n\(size)\n\(Data(head).base64EncodedString())\n" }

  /// The head in hexadecimal digits.
  package var headInHex: String {
    let digits = Array("0123456789abcdef")
    return String(head.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  static func isID(_ text: String) -> Bool {
    (1...maximumIDLength).contains(text.utf8.count)
      && text.utf8.allSatisfy { Array("0123456789abcdef".utf8).contains($0) }
  }
}
