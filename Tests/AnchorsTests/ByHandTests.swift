import Foundation
import TestSupport
import Testing

@testable import DynamoJournalAnchors

/// The commands of docs/trust.md, "Check a checkpoint by hand", as they stand there.
@Suite("Checking a checkpoint by hand")
struct ByHandTests {
  @Test("the page's commands accept a checkpoint as it was signed, and refuse one that was altered")
  func signature() async throws {
    try await KeyFolder.with { keys in
      let checkpoint = try await signedCheckpoint(keys, size: 156)
      let accepted = try await run(0, keys)
      #expect(accepted.status == 0)
      #expect(accepted.output.hasPrefix(#"Good "sparta-journal" signature for ann@example.com"#))

      for (find, replacement) in [
        ("156", "155"), ("sparta-journal/7c", "sparta-journal/7d"), ("AAAA", "AAAB"),
      ] {
        let altered = checkpoint.text.replacing(find, with: replacement, maxReplacements: 1)
        #expect(altered != checkpoint.text)
        try keys.put("checkpoint.txt", altered)
        let refused = try await run(0, keys)
        #expect(refused.status != 0)
        #expect(!refused.output.contains("Good"))
      }
    }
  }

  @Test("the page's commands refuse a key that the list of signers does not name")
  func stranger() async throws {
    try await KeyFolder.with { keys in
      _ = try await signedCheckpoint(keys, size: 156)
      try await keys.makeKey("mallory")
      try keys.put("allowed_signers", "ann@example.com \(keys.publicKey("mallory"))\n")
      #expect(try await run(0, keys).status != 0)
    }
  }

  @Test(
    "the page's commands tell a journal that has the checkpoint from a shorter one and from another",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")))
  func journal() async throws {
    try await KeyFolder.with { keys in
      _ = try await JournalSample.write(in: keys.path)
      let hash = try await Shell.run(
        "/usr/bin/sqlite3", ["-readonly", "journal.sqlite", "SELECT hex(hash) FROM events WHERE seq = 5"],
        folder: keys.path
      ).output
      let head = stride(from: 0, to: 64, by: 2).compactMap { UInt8(hash.dropFirst($0).prefix(2), radix: 16) }
      for (size, isLastDigitRight, status, word) in [
        (Int64(5), true, Int32(0), "has the checkpoint's event"), (5, false, 1, "not in this journal"),
        (4, true, 1, "not in this journal"), (JournalSample.events + 1, true, 1, "shorter"),
      ] {
        let kept = head.dropLast() + [isLastDigitRight ? head[31] : head[31] ^ 1]
        try keys.put("checkpoint.txt", try LogCheckpoint(journalID: "7c", size: size, head: Array(kept)).text)
        let outcome = try await run(1, keys)
        #expect(outcome.status == status)
        #expect(outcome.output.contains(word), "\(size)")
      }
    }
  }

  private func signedCheckpoint(_ keys: KeyFolder, size: Int64) async throws -> LogCheckpoint {
    let checkpoint = try LogCheckpoint(
      journalID: "7c1e09ab54d26f83", size: size, head: [UInt8](repeating: 0, count: 32))
    let key = try await keys.makeKey("ann")
    let signature = try await SSHKeygen(environment: keys.environment, hasTerminal: false, askingSeconds: 120)
      .sign(Array(checkpoint.text.utf8), key: key)
    try keys.put("checkpoint.txt", checkpoint.text)
    try keys.put("checkpoint.txt.sig", signature.text)
    try keys.put(
      "allowed_signers", "ann@example.com namespaces=\"sparta-journal\" \(keys.publicKey("ann"))\n")
    return checkpoint
  }

  /// Runs the section's shell commands: 0 are those about the signature, 1 those about the journal.
  private func run(_ index: Int, _ keys: KeyFolder) async throws -> Shell.Outcome {
    let page = try String(contentsOfFile: CheckoutCopy.original + "/docs/trust.md", encoding: .utf8)
    let section = try #require(page.components(separatedBy: "### Check a checkpoint by hand\n").last)
    let blocks = section.components(separatedBy: "```sh\n").dropFirst()
    let commands = try #require(blocks.dropFirst(index).first?.components(separatedBy: "```").first)
    return try await Shell.run("/bin/sh", ["-c", commands], environment: keys.environment, folder: keys.path)
  }
}
