/// Base64 with the standard alphabet and padding, RFC 4648 section 4.
enum Base64 {
  private static let alphabet: [UInt8] = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let none: UInt8 = 0xFF
  private static let sextets: [UInt8] = {
    var table = [UInt8](repeating: none, count: 256)
    for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
    return table
  }()

  /// Appends the text that stands for these bytes.
  static func append(_ data: [UInt8], to text: inout [UInt8]) {
    var index = 0
    while index < data.count {
      let count = min(3, data.count - index)
      var group: UInt32 = 0
      for place in 0..<3 { group = group << 8 | (place < count ? UInt32(data[index + place]) : 0) }
      for place in 0..<4 {
        let sextet = Int(group >> (18 - 6 * UInt32(place)) & 63)
        text.append(place <= count ? alphabet[sextet] : UInt8(ascii: "="))
      }
      index += 3
    }
  }

  /// The bytes that a text stands for, or nil when it is not base64 in the one spelling that RFC 4648 allows.
  static func bytes(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    var data: [UInt8] = []
    data.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    for index in 0..<(text.count - padding) {
      let sextet = sextets[Int(text[index])]
      if sextet == none { return nil }
      group = group << 6 | UInt32(sextet)
      if index & 3 == 3 {
        for shift: UInt32 in [16, 8, 0] { data.append(UInt8(truncatingIfNeeded: group >> shift)) }
        group = 0
      }
    }
    return appendLast(group, padding, to: &data) ? data : nil
  }

  /// Appends what a padded group stands for; false when bits are set that belong to no byte.
  private static func appendLast(_ group: UInt32, _ padding: Int, to data: inout [UInt8]) -> Bool {
    switch padding {
    case 1:
      data.append(UInt8(truncatingIfNeeded: group >> 10))
      data.append(UInt8(truncatingIfNeeded: group >> 2))
      return group & 0b11 == 0
    case 2:
      data.append(UInt8(truncatingIfNeeded: group >> 4))
      return group & 0b1111 == 0
    default: return true
    }
  }
}
