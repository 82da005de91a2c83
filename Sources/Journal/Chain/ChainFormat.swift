import Crypto

/// How the hash of an event is taken: docs/journal.md, "The chain", to the byte.
enum ChainFormat {
  /// Events that a program of format 1 wrote.
  case one
  /// Events of format 2.
  case two

  /// Why a hash can't be taken.
  struct Unreadable: Error {
    let reason: String
  }

  /// The hash of an event that follows the hash `previous`.
  ///
  /// - Throws: `Unreadable` when its seals can't be read or are not those of its columns.
  func hash(_ row: EventRow, after previous: [UInt8], _ actor: ActorSeal) throws(Unreadable) -> [UInt8] {
    switch self {
    case .one: ChainFormat.first(row, previous, actor)
    case .two: try ChainFormat.second(row, previous, actor)
    }
  }

  private static func first(_ row: EventRow, _ previous: [UInt8], _ actor: ActorSeal) -> [UInt8] {
    var encoding = CanonicalEncoding(startingWith: previous)
    encoding.add(row.seq)
    encoding.add(row.run)
    encoding.add(text: row.kind)
    encoding.add(row.at)
    encoding.add(text: actor.lines)
    for number in [row.change, row.unit, row.stage, row.planned] { encoding.add(number) }
    encoding.add(text: row.table)
    for index in 0..<EventFields.bodyIndex { encoding.add(text: row.fields[index]) }
    encoding.add(blob: row.fields.body)
    return encoding.sha256
  }

  private static func second(
    _ row: EventRow, _ previous: [UInt8], _ actor: ActorSeal
  ) throws(Unreadable) -> [UInt8] {
    var encoding = CanonicalEncoding(startingWith: previous)
    encoding.add(row.seq)
    encoding.add(row.run)
    encoding.add(text: row.kind)
    encoding.add(row.at)
    encoding.add(blob: actor.digest)
    encoding.add(row.change)
    encoding.add(row.unit)
    encoding.add(row.stage)
    encoding.add(row.planned)
    encoding.add(row.shard)
    encoding.add(row.attempt)
    encoding.add(text: row.table)
    try addFields(row, to: &encoding)
    return encoding.sha256
  }

  private static func addFields(_ row: EventRow, to encoding: inout CanonicalEncoding) throws(Unreadable) {
    guard let seals = row.seals else {
      guard row.fields.isEmpty else { throw Unreadable(reason: "it has values and no salts") }
      for _ in 0..<EventFields.count { encoding.add(nil as Int64?) }
      return
    }
    // Each seal where it stands: as values of their own they would cost more than the hashes.
    var position = 0
    for index in 0..<EventFields.count {
      guard position < seals.count, let size = EventSeals.size(seals[position]),
        position + size < seals.count
      else { throw Unreadable(reason: "its seals can't be read") }
      let content = position + 1..<position + 1 + size
      switch (seals[position], row.fields[index]) {
      case (EventSeals.null, nil): encoding.add(nil as Int64?)
      case (EventSeals.salted, let value?):
        encoding.add(digest: EventSeals.digest(value, salt: seals[content]))
      case (EventSeals.erased, _): encoding.add(blob: Array(seals[content]))
      default: throw Unreadable(reason: "its seals are not those of its values")
      }
      position = content.upperBound
    }
    guard position == seals.count else { throw Unreadable(reason: "its seals can't be read") }
  }
}

/// An actor as the chain covers it.
struct ActorSeal: Hashable {
  /// For events of format 1: user, host, ARN and program, each on a line of its own.
  let lines: [UInt8]
  /// For events of format 2: SHA-256 over the fields in the order of the table's columns.
  let digest: [UInt8]

  /// The seal of an identity that is about to be written.
  init(_ actor: ActorIdentity) { self.init(actor, claims: actor.claimsText) }

  /// - Parameter claims: the text that stands in the file.
  init(_ actor: ActorIdentity, claims: String?) {
    lines = Array([actor.user, actor.host, actor.arn ?? "", actor.tool].joined(separator: "\n").utf8)
    var encoding = CanonicalEncoding()
    encoding.add(text: actor.user)
    encoding.add(actor.uid)
    encoding.add(text: actor.host)
    encoding.add(text: actor.arn)
    encoding.add(text: actor.accessKeyID)
    encoding.add(text: claims)
    encoding.add(text: actor.tool)
    digest = encoding.sha256
  }
}
