import DynamoJournalAnchors
import Testing

@Suite("The text that approves a plan")
struct ApprovalTests {
  static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

  @Test("is five lines, to the byte")
  func text() throws {
    let approval = try Approval(
      run: "06-20261123-051402-k3f9", migration: "06_add_wallet_to_operators",
      target: "aws 123456789012 eu-west-1", planDigest: Self.digest)
    let expected =
      "sparta-journal plan approval, version 1\nrun 06-20261123-051402-k3f9\nmigration 06_add_wallet_to_operators\n"
      + "target aws 123456789012 eu-west-1\nplan \(Self.digest)\n"
    #expect(approval.text == expected)
  }

  @Test(
    "takes no value that could pass for other lines, or hide",
    arguments: [
      "a\nplan sha256:0", "a\rb", "a\r\nb", "a\u{2028}b", "a\u{2029}b", "a\u{85}b", "a\u{0B}b", "a\u{0C}b",
      "a\u{0}b",
      "a\u{202E}b", "a\u{200B}b", "\n", "a\u{1B}[0m",
    ])
  func lineBreaks(value: String) {
    expect(.hiddenCharacter(field: "run")) { try approval(run: value) }
    expect(.hiddenCharacter(field: "migration")) { try approval(migration: value) }
    expect(.hiddenCharacter(field: "target")) { try approval(target: value) }
  }

  @Test("needs every value")
  func empty() {
    expect(.empty(field: "run")) { try approval(run: "") }
    expect(.empty(field: "migration")) { try approval(migration: "") }
    expect(.empty(field: "target")) { try approval(target: "") }
  }

  @Test(
    "needs the digest of a plan",
    arguments: [
      "", "sha256:", "0123456789abcdef", String(Self.digest.dropLast()), Self.digest + "0",
      Self.digest + "\n",
      Self.digest.uppercased(), Self.digest.replacing("sha256", with: "sha512"), " " + Self.digest,
      String(Self.digest.dropLast()) + "g",
    ])
  func digests(text: String) {
    expect(.badDigest(text)) { try approval(planDigest: text) }
  }

  private func approval(
    run: String = "r", migration: String = "m", target: String = "t", planDigest: String = Self.digest
  ) throws -> Approval {
    try Approval(run: run, migration: migration, target: target, planDigest: planDigest)
  }

  private func expect(_ error: ApprovalError, from body: () throws -> Approval) {
    #expect(throws: error) { try body() }
  }
}
