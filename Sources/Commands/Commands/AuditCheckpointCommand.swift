import ArgumentParser
import DynamoJournalAnchors
import DynamoJournalEvents
import DynamoJournalProgram
import DynamoJournalRunner
import DynamoJournalTables
import Foundation

/// `audit checkpoint`
struct AuditCheckpointCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Write an anchor of the journal to keep elsewhere.",
    discussion: """
      Three lines: the journal's name, how many events it has, its head (C2SP tlog-checkpoint). With --sign they are \
      signed with an SSH key, and the signature is written to FILE.sig. 'audit verify --checkpoint' compares it later. A file that is there is replaced only if it holds an earlier checkpoint of this journal.
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
    try await checkReplaced(out, journal)
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

  /// Looks at what stands where the checkpoint is to go: an earlier one of this journal may be replaced, since the new one holds
  /// all of it; anything else may be the only evidence of what the journal was.
  private func checkReplaced(_ out: String, _ journal: Journal) async throws {
    let remedy = "write to another file with --out, or move this one away"
    let hasSignature = FileManager.default.fileExists(atPath: out + ".sig")
    guard FileManager.default.fileExists(atPath: out) else {
      guard hasSignature && sign != nil else { return }
      throw Refusal("'\(out).sig' exists without its checkpoint, so it is left as it is", remedy: remedy)
    }
    guard let bytes = FileManager.default.contents(atPath: out),
      let kept = try? LogCheckpoint(parsing: Array(bytes))
    else { throw Refusal("'\(out)' exists and is not a checkpoint, so it is left as it is", remedy: remedy) }
    let found = try await journal.verify(lookingFor: nil, at: kept.size)
    let finding = AnchorFinding.judge(
      kept, journalID: try await journal.id() ?? "", size: found.verification.events, hash: found.hashThere)
    if hasSignature && sign == nil {
      throw Refusal(
        "'\(out)' is signed, and another checkpoint in its place would not be: it is left as it is",
        remedy: "add --sign KEY, or \(remedy)")
    }
    guard finding.isKept else {
      throw Refusal(
        "'\(out)' holds a checkpoint that this journal does not contain, so it is left as it is",
        remedy:
          "compare them with '\(Program.command("audit verify --checkpoint \(ShellWord.text(out))"))', or \(remedy)"
      )
    }
  }

  private func write(_ text: String, to path: String) throws {
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw Refusal(
        "'\(path)' can't be written",
        remedy: "check the folder, or name another file with --out")
    }
  }
}
