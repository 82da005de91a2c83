/// Whether a plan has been approved by enough people other than the one who applies it.
package enum ApprovalRule {
  /// What the rule says.
  package enum Verdict: Hashable, Sendable {
    /// Enough people approved.
    case enough
    /// So many people are missing; and each signature that does not count, by its place, with the reason.
    case missing(Int, uncounted: [Uncounted])
  }

  /// A signature that does not count.
  package struct Uncounted: Hashable, Sendable {
    /// Its place among the signatures that were judged, from 0.
    package let index: Int
    /// Why it does not count.
    package let reason: Reason

    /// A signature that does not count.
    package init(index: Int, reason: Reason) { (self.index, self.reason) = (index, reason) }
  }

  /// Why a signature does not count.
  package enum Reason: Hashable, Sendable {
    /// The account that applies the plan brought it.
    case appendedByApplier
    /// It was made with the applier's key, or is that of an identity of the applier's.
    case signedByApplier
    /// It is by the same person as an earlier one, by key or identity.
    case samePerson(as: Int)
  }

  /// Counts people. Signatures that share a key or an identity are one person's, also by way of a third signature.
  ///
  /// - Parameters:
  ///   - required: how many people must have approved; none for 0 and below.
  ///   - signatures: verified ones of this very plan, in the order of the journal.
  package static func judge(
    required: Int, signatures: [VerifiedApproval], applier: Applier
  ) -> Verdict {
    let brought = signatures.indices.filter { signatures[$0].appendedBy.isSame(as: applier.account) }
    let candidates = signatures.indices.filter { !brought.contains($0) }
    var uncounted = brought.map { Uncounted(index: $0, reason: .appendedByApplier) }
    var people = 0
    for person in persons(candidates, signatures) {
      let isOwn = person.contains { isApplier(signatures[$0].signer, applier) }
      if !isOwn { people += 1 }
      uncounted += person.dropFirst(isOwn ? 0 : 1).map {
        Uncounted(index: $0, reason: isOwn ? .signedByApplier : .samePerson(as: person[0]))
      }
    }
    if people >= required { return .enough }
    return .missing(required - people, uncounted: uncounted.sorted { $0.index < $1.index })
  }

  /// The signatures of each person, in the order of each person's first.
  private static func persons(_ candidates: [Int], _ signatures: [VerifiedApproval]) -> [[Int]] {
    var persons: [[Int]] = []
    for index in candidates {
      let signer = signatures[index].signer
      let isTheirs = { (person: [Int]) in person.contains { isSame(signatures[$0].signer, signer) } }
      let merged = (persons.filter(isTheirs).flatMap { $0 } + [index]).sorted()
      persons = persons.filter { !isTheirs($0) } + [merged]
    }
    return persons.sorted { $0[0] < $1[0] }
  }

  private static func isSame(_ one: VerifiedSigner, _ other: VerifiedSigner) -> Bool {
    one.fingerprint == other.fingerprint || !Set(one.principals).isDisjoint(with: other.principals)
  }

  private static func isApplier(_ signer: VerifiedSigner, _ applier: Applier) -> Bool {
    applier.fingerprints.contains(signer.fingerprint)
      || !applier.principals.isDisjoint(with: signer.principals)
  }
}

extension ApprovalRule.Reason: CustomStringConvertible {
  /// Half a sentence that goes on from "does not count: ".
  package var description: String {
    switch self {
    case .appendedByApplier: "it was added by the account that applies the plan"
    case .signedByApplier: "it was made with a key, or under an identity, of the person who applies the plan"
    case .samePerson(let index): "it is by the same person as signature \(index + 1), who counts once"
    }
  }
}
