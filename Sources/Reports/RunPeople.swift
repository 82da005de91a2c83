import DynamoJournalJSON
import DynamoJournalEvents

extension RunReport {
  /// Who did what, as the contract has it.
  var people: JSONValue {
    [
      "plannedBy": fold.startedBy.personJSON,
      "approvedBy": .array(
        fold.approvals.map { approval in
          approval.by.personJSON.adding([
            .init(name: "fingerprint", value: .string(approval.detail.fingerprint)),
            .init(name: "digest", value: .string(approval.detail.digest)),
          ])
        }),
      "appliedBy": fold.appliedBy?.personJSON ?? .null,
      "rolledBackBy": fold.rolledBackBy?.personJSON ?? .null,
      "redoneBy": fold.redoneBy?.personJSON ?? .null,
      "closedBy": fold.closedBy?.personJSON ?? .null,
      "erasedBy": .array(erasedBy.map(\.personJSON)),
    ]
  }

  /// The same for people: whoever is not the one who planned it, and what the environment claims of whom.
  var peopleLines: [(String, String)] {
    var lines: [(String, String)] = []
    func add(_ title: String, _ who: ActorIdentity?, _ more: String = "") {
      if let who { lines.append((title, who.text + more)) }
    }
    if !fold.startedBy.claims.isEmpty { add("planned by", fold.startedBy) }
    for approval in fold.approvals {
      add("approved by", approval.by, ", key \(Printable.text(approval.detail.fingerprint))")
    }
    if fold.appliedBy != fold.startedBy { add("applied by", fold.appliedBy) }
    add("undone by", fold.rolledBackBy)
    add("redone by", fold.redoneBy)
    add("closed by", fold.closedBy)
    for who in erasedBy { add("erased by", who) }
    return lines
  }
}

extension ActorIdentity {
  /// `{"user": …, "uid": …, "host": …, "arn": …, "accessKeyID": …, "claims": {…}}`
  var personJSON: JSONValue {
    let sorted = claims.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return [
      "user": .string(user), "uid": uid.map { .number($0) } ?? .null, "host": .string(host),
      "arn": .text(arn),
      "accessKeyID": .text(accessKeyID),
      "claims": .object(sorted.map { .init(name: $0.key, value: .string($0.value)) }),
    ]
  }

  /// `alice@build-7, arn:…; claims: ci https://…`
  var text: String {
    let facts = [name, arn].compactMap { $0 }.joined(separator: ", ")
    let sorted = claims.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let claimed = sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return Printable.text(claimed.isEmpty ? facts : "\(facts); claims: \(claimed)")
  }
}
