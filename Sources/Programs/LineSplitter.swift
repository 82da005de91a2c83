/// Cuts what a program writes into lines, in bounded memory.
package struct LineSplitter: Sendable {
  /// The longest line of an answer: an item of 400 KB, every byte escaped, and as much again in other tables.
  package static let maximumAnswer = 16 << 20

  private let limit: Int
  private let isCut: Bool
  private var rest: [UInt8] = []
  private var isSkipping = false

  /// - Parameter isCut: whether a line that is too long is cut, not refused.
  package init(limit: Int = LineSplitter.maximumAnswer, isCut: Bool = false) {
    (self.limit, self.isCut) = (limit, isCut)
  }

  /// The lines that end in these bytes, without their ends.
  package mutating func lines(_ bytes: [UInt8]) throws(ProgramFault) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var position = 0
    while let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) {
      try take(bytes[position..<end])
      if isSkipping { isSkipping = false }
      if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
      lines.append(rest)
      rest = []
      position = end + 1
    }
    try take(bytes[position...])
    return lines
  }

  /// What has no end.
  package mutating func remainder() -> [UInt8]? {
    defer { rest = [] }
    return rest.isEmpty ? nil : rest
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>) throws(ProgramFault) {
    if isSkipping { return }
    guard rest.count + bytes.count > limit else {
      rest += bytes
      return
    }
    guard isCut else { throw .endlessLine(limit: limit) }
    rest += bytes.prefix(limit - rest.count)
    rest += Array(" …".utf8)
    isSkipping = true
  }
}
