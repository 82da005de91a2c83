import DynamoJournalProgram
import DynamoJournalAnchors
import Foundation
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalRunner

/// What was kept of a journal elsewhere: a head, or a checkpoint whose signature holds.
struct KeptAnchor {
  private let checkpoint: LogCheckpoint?
  private let head: [UInt8]?
  private let given: String?
  private let signer: VerifiedSigner?

  init(head: String?, checkpoint path: String?, _ signers: String?, _ variables: Variables) async throws {
    self.head = head.flatMap { Journal.Head.hash(of: $0) }
    guard let path else {
      (checkpoint, given, signer) = (nil, head, nil)
      return
    }
    let bytes = try Self.read(path)
    let parsed = try LogCheckpoint(parsing: bytes)
    (checkpoint, given) = (parsed, "sha256:" + parsed.headInHex)
    guard let signers else {
      signer = nil
      return
    }
    let signature = try SSHSignature(armored: String(decoding: try Self.read(path + ".sig"), as: UTF8.self))
    signer = try await SSHKeygen(environment: variables.values)
      .verify(bytes, signature, allowedSigners: signers)
  }

  private static func read(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
      throw Refusal(
        "'\(path)' can't be read",
        remedy: "check the path of the checkpoint, and that its signature is beside it as FILE.sig")
    }
    return Array(data)
  }

  /// The hash to look for.
  var hash: [UInt8]? { head }
  /// The place whose hash is wanted.
  var place: Int64? { checkpoint?.size }

  func judge(id: String?, size: Int64, place: Int64?, hash: [UInt8]?) -> AnchorFinding? {
    if let checkpoint {
      return AnchorFinding.judge(checkpoint, journalID: id ?? "", size: size, hash: hash)
    }
    return head == nil ? nil : AnchorFinding.judge(headAt: place, size: size)
  }

  func json(_ finding: AnchorFinding?) -> JSONValue {
    guard let given, let finding else { return .null }
    return [
      "given": .string(given), "found": .string(finding.rawValue),
      "signedBy": signer.map { .array($0.principals.map { .string($0) }) } ?? .null,
    ]
  }

  var signerText: String { signer.map { "; signed by \($0.principals.joined(separator: ", "))" } ?? "" }
}
