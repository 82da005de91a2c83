import DynamoJournalAnchors
import Testing

@Suite("Whether enough people approved")
struct ApprovalRuleTests {
  typealias Uncounted = ApprovalRule.Uncounted
  static let applier = AccountFacts(uid: 1000, user: "ann", host: "desk")

  @Test("none is enough where none is required")
  func none() {
    #expect(judge(0, []) == .enough)
    #expect(judge(-1, []) == .enough)
    #expect(judge(2, []) == .missing(2, uncounted: []))
  }

  @Test("others count")
  func others() {
    let signatures = [approval("bob", "B", uid: 1001), approval("cy", "C", uid: 1002)]
    #expect(judge(1, signatures) == .enough)
    #expect(judge(2, signatures) == .enough)
    #expect(judge(3, signatures) == .missing(1, uncounted: []))
  }

  @Test(
    "what the applier's account brought does not count, by number or by name, in any spelling of the host")
  func ownAccount() {
    let signatures = [
      approval("bob", "B", uid: 1000, user: "other"), approval("cy", "C", uid: 7, user: "ann", host: "DESK"),
    ]
    #expect(
      judge(1, signatures)
        == .missing(1, uncounted: [uncounted(0, .appendedByApplier), uncounted(1, .appendedByApplier)]))
  }

  @Test("the same number on another host is another account")
  func otherHost() {
    #expect(judge(1, [approval("bob", "B", uid: 1000, user: "ann", host: "build")]) == .enough)
  }

  @Test("the applier's identity or key does not count, whoever brought it")
  func ownIdentity() {
    let signatures = [approval("ann@x", "N", uid: 7), approval("other", "A", uid: 8)]
    let verdict = ApprovalRule.judge(
      required: 1, signatures: signatures,
      applier: Applier(account: Self.applier, principals: ["ann@x"], fingerprints: ["SHA256:A"]))
    #expect(
      verdict == .missing(1, uncounted: [uncounted(0, .signedByApplier), uncounted(1, .signedByApplier)]))
  }

  @Test("one key is one person, and so is one identity")
  func samePerson() {
    let oneKey = [approval("bob", "B", uid: 1), approval("bob-work", "B", uid: 2)]
    #expect(judge(2, oneKey) == .missing(1, uncounted: [uncounted(1, .samePerson(as: 0))]))
    let oneIdentity = [approval("bob", "B", uid: 1), approval("bob", "C", uid: 2)]
    #expect(judge(2, oneIdentity) == .missing(1, uncounted: [uncounted(1, .samePerson(as: 0))]))
  }

  @Test(
    "a third signature that ties two others makes one person of them, in any order",
    arguments: [
      [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
    ])
  func tied(order: [Int]) {
    let signatures = [
      approval("bob", "B", uid: 1), approval("cy", "C", uid: 2),
      VerifiedApproval(
        signer: VerifiedSigner(principals: ["bob", "cy"], fingerprint: "SHA256:D"),
        appendedBy: AccountFacts(uid: 3, user: "u3", host: "desk")),
    ]
    let verdict = judge(2, order.map { signatures[$0] })
    #expect(
      verdict == .missing(1, uncounted: [uncounted(1, .samePerson(as: 0)), uncounted(2, .samePerson(as: 0))]))
  }

  @Test("a signature that the applier brought neither counts nor takes its owner's own from them")
  func broughtAndOwn() {
    let signatures = [approval("bob", "B", uid: 1000), approval("bob", "B", uid: 1001)]
    #expect(judge(1, signatures) == .enough)
    #expect(judge(2, signatures) == .missing(1, uncounted: [uncounted(0, .appendedByApplier)]))
  }

  @Test("the applier's second key under a shared identity doesn't count either")
  func tiedToApplier() {
    let shared = VerifiedApproval(
      signer: VerifiedSigner(principals: ["ann", "ann-laptop"], fingerprint: "SHA256:L"),
      appendedBy: AccountFacts(uid: 5, user: "u5", host: "laptop"))
    let verdict = ApprovalRule.judge(
      required: 1, signatures: [approval("ann-laptop", "M", uid: 6), shared],
      applier: Applier(account: Self.applier, principals: ["ann"]))
    #expect(
      verdict == .missing(1, uncounted: [uncounted(0, .signedByApplier), uncounted(1, .signedByApplier)]))
  }

  private func judge(_ required: Int, _ signatures: [VerifiedApproval]) -> ApprovalRule.Verdict {
    ApprovalRule.judge(required: required, signatures: signatures, applier: Applier(account: Self.applier))
  }

  private func uncounted(_ index: Int, _ reason: ApprovalRule.Reason) -> Uncounted {
    Uncounted(index: index, reason: reason)
  }

  private func approval(
    _ principal: String, _ key: String, uid: UInt32, user: String? = nil, host: String = "desk"
  ) -> VerifiedApproval {
    VerifiedApproval(
      signer: VerifiedSigner(principals: [principal], fingerprint: "SHA256:" + key),
      appendedBy: AccountFacts(uid: uid, user: user ?? "u\(uid)", host: host))
  }
}
