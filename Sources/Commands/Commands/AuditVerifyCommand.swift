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
