import DynamoJournalProgram
import DynamoJournalAnchors
import ArgumentParser
import Foundation
import DynamoJournalJSON
import DynamoJournalEvents
import DynamoJournalRunner

/// `audit verify`
struct AuditVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every event of the journal, and compare it with what was kept of it elsewhere.",
    discussion: """
      A chain alone finds accidents and edits. Somebody who rewrites all of it, cuts off its end or puts an older copy in \
      its place is found by an anchor that was kept elsewhere: a head (--head), or a checkpoint (--checkpoint) with its \
      signature. Ends with 4 when the journal is not what it was.
      """)
  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("A head that was kept: sha256:… as every answer shows it.", valueName: "hash"))
  var head: String?
  @Option(
    help: ArgumentHelp(
      "A checkpoint that was kept; its signature is looked for beside it.", valueName: "file"))
  var checkpoint: String?
  @Option(
    help: ArgumentHelp("The file of those whose signature of the checkpoint counts.", valueName: "path"))
  var allowedSigners: String?

  func validate() throws {
    if head != nil && checkpoint != nil {
      throw ValidationError("--head and --checkpoint are two anchors: give one of them")
    }
    if allowedSigners != nil && checkpoint == nil {
      throw ValidationError("--allowed-signers is for a checkpoint: add --checkpoint")
    }
    if let head, Journal.Head.hash(of: head) == nil {
      throw ValidationError("'\(head.prefix(80))' is not a head: it is sha256: and 64 hexadecimal digits")
    }
  }

  func run() async throws {
    let variables = try common.variables()
    let anchor = try await KeptAnchor(head: head, checkpoint: checkpoint, allowedSigners, variables)
    let journal: Journal
    do { journal = try common.openJournal(variables) } catch let error as JournalError where error.isFlaw {
      return try end(error, nil)
    }
    do {
      let found = try await journal.verify(lookingFor: anchor.hash, at: anchor.place)
      let finding = anchor.judge(
        id: try await journal.id(), size: found.verification.events, place: found.place, hash: found.hashThere
      )
      print(journal.path, found.verification, anchor, finding)
      if let finding, !finding.isKept {
        Console.error(finding.description)
        if let beginning = try await journal.beginning() {
          Console.say(
            "the first \(Plural.count(Int(beginning.seq), "event")) of the journal \(beginning.seq == 1 ? "was" : "were") archived: compare what is older with --journal and the file '\(beginning.file)'"
          )
        }
        try ExitStatus.journal.end()
      }
    } catch let error as JournalError where error.isFlaw {
      try end(error, journal.path)
    }
  }

  private func print(
    _ path: String, _ verification: Verification, _ anchor: KeptAnchor, _ finding: AnchorFinding?
  ) {
    switch common.format {
    case .json:
      let members: JSONValue = [
        "journal": .string(path), "events": .number(verification.events),
        "journalHead": .string(verification.head.description), "head": .string(verification.head.description),
        "intact": true, "firstBad": .null, "anchor": anchor.json(finding),
      ]
      Console.answer(members.prettyText())
    case .text:
      Console.answer(
        "\(Plural.count(Int(verification.events), "event")), intact; head \(verification.head.description)")
      if let finding, finding.isKept { Console.answer("\(finding.description)\(anchor.signerText)") }
    }
  }

  /// Says what is wrong, and ends with 4.
  private func end(_ error: JournalError, _ path: String?) throws {
    if common.format == .json {
      var bad: JSONValue = ["seq": .null, "why": .string("\(error)")]
      if case .damaged(let event, let reason) = error {
        bad = ["seq": .number(event), "why": .string(reason)]
      }
      let answer: JSONValue = [
        "journal": path.map { .string($0) } ?? .null, "events": .null, "journalHead": .null, "head": .null,
        "intact": false, "firstBad": bad, "anchor": .null,
      ]
      Console.answer(answer.prettyText())
    }
    throw error
  }
}

extension JournalError {
  /// Whether it says that the journal is not what was written.
  var isFlaw: Bool {
    switch self {
    case .damaged, .fileDamaged, .foreignSchema: true
    default: false
    }
  }
}

/// What was kept of a journal elsewhere: a head, or a checkpoint whose signature holds.
private struct KeptAnchor {
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

/// `audit checkpoint`
struct AuditCheckpointCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Write an anchor of the journal to keep elsewhere.",
    discussion: """
      Three lines: the journal's name, how many events it has, its head (C2SP tlog-checkpoint). With --sign they are \
      signed with an SSH key, and the signature is written to FILE.sig. 'audit verify --checkpoint' compares it later.
      """)
  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("Where to write it. (default: standard output)", valueName: "file")) var out:
    String?
  @Option(help: ArgumentHelp("The SSH key to sign with; with --out.", valueName: "key")) var sign: String?

  func validate() throws {
    if sign != nil && out == nil {
      throw ValidationError("--sign needs --out FILE: the signature goes to FILE.sig")
    }
  }

  func run() async throws {
    let variables = try common.variables()
    let journal = try common.openJournal(variables)
    let verification = try await journal.verify()
    guard let id = try await journal.id() else {
      throw Refusal("the journal has no event yet, so there is nothing to anchor")
    }
    let checkpoint = try LogCheckpoint(
      journalID: id, size: verification.events, head: verification.head.hash)
    guard let out else { return Console.answer(text: checkpoint.text) }
    var signature: SSHSignature?
    if let sign {
      signature = try await SSHKeygen(environment: variables.values).sign(
        Array(checkpoint.text.utf8), key: sign)
    }
    try write(checkpoint.text, to: out)
    if let signature { try write(signature.text, to: out + ".sig") }
    Console.say(
      "wrote \(out)\(signature == nil ? "" : " and \(out).sig"): keep them where whoever can write the journal can't"
    )
  }

  private func write(_ text: String, to path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
      throw Refusal(
        "'\(path)' can't be written",
        remedy: "check the folder, or name another file with --out")
    }
  }
}
