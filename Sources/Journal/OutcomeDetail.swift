import Foundation

/// `applied`, `failed`, `compensated`: what is to be said beyond the bare fact; nil on the event when nothing is.
public struct OutcomeDetail: Codable, Hashable, Sendable {
  /// The item had the wanted image already.
  public var foundSo: Bool?
  /// With `foundSo`: it can't have been our own write, so somebody else made the same change.
  public var foreign: Bool?
  /// With `failed`: it was the undoing that failed.
  public var undoing: Bool?
  /// With `compensated`: the item had been changed since, and was overwritten because `force` was asked for.
  public var forced: Bool?
  /// `conflict`, or AWS's error code.
  public var code: String?
  /// One sentence.
  public var message: String?
  /// The item as found, as canonical DynamoDB JSON; "null" when there was none.
  public var found: String?

  /// The detail of an outcome.
  public init(
    foundSo: Bool? = nil, foreign: Bool? = nil, undoing: Bool? = nil, forced: Bool? = nil,
    code: String? = nil, message: String? = nil, found: String? = nil
  ) {
    self.foundSo = foundSo
    self.foreign = foreign
    self.undoing = undoing
    self.forced = forced
    self.code = code
    self.message = message
    self.found = found
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
    try JSONDecoder().decode(type, from: Data(bytes ?? []))
  }
}
