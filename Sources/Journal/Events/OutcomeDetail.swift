import Foundation

/// `applied`, `failed`, `compensated`: what is to be said beyond the bare fact; nil on the event when nothing is.
package struct OutcomeDetail: Codable, Hashable, Sendable {
  /// The item had the wanted image already.
  package var foundSo: Bool?
  /// With `foundSo`: it can't have been our own write, so somebody else made the same change.
  package var foreign: Bool?
  /// With `failed`: it was the undoing that failed.
  package var undoing: Bool?
  /// With `failed`: it was the redoing that failed.
  package var redoing: Bool?
  /// With `compensated`: the item had been changed since, and was overwritten because `force` was asked for.
  package var forced: Bool?
  /// `conflict`, or AWS's error code.
  package var code: String?
  /// One sentence.
  package var message: String?
  /// The item as found, as canonical DynamoDB JSON; "null" when there was none.
  package var found: String?
  /// With `compensated` after an overwriting: the sequence number of the event that holds what was written over.
  package var overwrote: Int64?

  /// The detail of an outcome.
  package init(
    foundSo: Bool? = nil, foreign: Bool? = nil, undoing: Bool? = nil, redoing: Bool? = nil,
    forced: Bool? = nil, code: String? = nil, message: String? = nil, found: String? = nil,
    overwrote: Int64? = nil
  ) {
    self.foundSo = foundSo
    self.foreign = foreign
    self.undoing = undoing
    self.redoing = redoing
    self.forced = forced
    self.code = code
    self.message = message
    self.found = found
    self.overwrote = overwrote
  }
}

/// How details are written: JSON with sorted names, so that equal details are equal bytes.
enum DetailCoding {
  static func encode(_ detail: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(detail))
  }

  static func decode<Detail: Decodable>(_ type: Detail.Type, _ bytes: [UInt8]?) throws -> Detail {
    let bytes = bytes ?? []
    guard hasSaneNumbers(bytes) else { throw UnsaneNumber() }
    return try JSONDecoder().decode(type, from: Data(bytes))
  }

  /// A number that no program of ours writes.
  private struct UnsaneNumber: Error {}

  /// Whether every number outside of texts is at least 0 and has at most 15 digits before its point: what is counted never
  /// overflows then, whatever somebody with the file in hand made of it.
  private static func hasSaneNumbers(_ bytes: [UInt8]) -> Bool {
    var isInText = false
    var isEscaped = false
    var digits = 0
    var isPastPoint = false
    for byte in bytes {
      if isInText {
        isInText = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInText = true
      case UInt8(ascii: "-"): return false
      case UInt8(ascii: "."): isPastPoint = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += isPastPoint ? 0 : 1
        if digits > 15 { return false }
        continue
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        // Of `true` and `false` the letter follows no digit.
        if digits > 0 { return false }
      default: break
      }
      if byte != UInt8(ascii: ".") { (digits, isPastPoint) = (0, false) }
    }
    return true
  }
}
