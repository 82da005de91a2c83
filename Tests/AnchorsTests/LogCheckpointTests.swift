import DynamoJournalProgram
import DynamoJournalAnchors
import Testing

@Suite("Checkpoints as text")
struct LogCheckpointTests {
  /// 32 bytes whose base64 has both letters beyond the digits.
  static let head = [UInt8](repeating: 0xFB, count: 16) + [UInt8](0..<16)
  static let hash = "+/v7+/v7+/v7+/v7+/v7+wABAgMEBQYHCAkKCwwNDg8="
  static let text = "sparta-journal/0a1f\n20852163\n\(hash)\n"

  @Test("are three lines, to the byte")
  func writes() throws {
    let checkpoint = try LogCheckpoint(journalID: "0a1f", size: 20_852_163, head: Self.head)
    #expect(checkpoint.text == Self.text)
    #expect(checkpoint.headInHex == String(repeating: "fb", count: 16) + "000102030405060708090a0b0c0d0e0f")
  }

  @Test(
    "are read back as they were written",
    arguments: [0, 1, 9, 10, 4_294_967_296, Int64.max])
  func roundTrip(size: Int64) throws {
    let checkpoint = try LogCheckpoint(journalID: "00ff", size: size, head: Self.head)
    #expect(try LogCheckpoint(parsing: Array(checkpoint.text.utf8)) == checkpoint)
  }

  @Test(
    "with another size than a plain decimal number are refused",
    arguments: [
      "", "-1", "+1", "01", "00", " 1", "1 ", "1.0", "1e3", "0x1", "9223372036854775808", "١",
    ])
  func sizes(text: String) {
    expect(.badSize(text), from: "sparta-journal/0a1f\n\(text)\n\(Self.hash)\n")
  }

  @Test(
    "with a hash that is not the one base64 of 32 bytes are refused",
    arguments: [
      "",
      "+/v7+/v7+/v7+/v7+/v7+wABAgMEBQYHCAkKCwwNDg8",  // no padding
      "+/v7+/v7+/v7+/v7+/v7+wABAgMEBQYHCAkKCwwNDg9=",  // bits that belong to no byte
      "-_v7-_v7-_v7-_v7-_v7-wABAgMEBQYHCAkKCwwNDg8=",  // the alphabet of addresses
      "+/v7+/v7+/v7+/v7+/v7+wABAgMEBQYHCAkKCwwNDg== ",
      " +/v7+/v7+/v7+/v7+/v7+wABAgMEBQYHCAkKCwwNDg8=",
      "+/v7+/v7+/v7+/v7+/v7+wABAgMEBQYHCAkKCwwN",  // 30 bytes
      "+/v7+/v7+/v7+/v7+/v7+wABAgMEBQYHCAkKCwwNDg8QAA==",  // 34 bytes
      "+/v7+/v7+/v7+/v7+/v7+w*BAgMEBQYHCAkKCwwNDg8=",
    ])
  func hashes(text: String) {
    expect(.badHead, from: "sparta-journal/0a1f\n1\n\(text)\n")
  }

  @Test(
    "of another log are refused",
    arguments: [
      "example.com/log", "sparta-journal", "Sparta-journal/0a1f", " sparta-journal/0a1f", "",
    ])
  func origins(text: String) {
    expect(.foreignOrigin(text), from: "\(text)\n1\n\(Self.hash)\n")
  }

  @Test(
    "with an id that is not lower-case hexadecimal are refused, written and read",
    arguments: [
      "", "0A1F", "xyz", "0a 1f", "0a+1f", "0a/1f", String(repeating: "a", count: 129),
    ])
  func ids(text: String) {
    expect(.badJournalID(text), from: "sparta-journal/\(text)\n1\n\(Self.hash)\n")
    #expect(throws: LogCheckpointError.badJournalID(text)) {
      try LogCheckpoint(journalID: text, size: 1, head: Self.head)
    }
  }

  @Test("with anything more, or less, are refused")
  func shapes() {
    expect(.noFinalLineFeed, from: String(Self.text.dropLast()))
    expect(.furtherLines(1), from: Self.text + "\n")
    expect(.furtherLines(1), from: Self.text + "an extension\n")
    expect(.furtherLines(2), from: Self.text + "\n— sparta-journal/0a1f AAAA\n")
    expect(.noFinalLineFeed, from: Self.text + "x")
    expect(.noFinalLineFeed, from: Self.text + "\0")
    expect(.carriageReturn, from: Self.text.replacing("\n", with: "\r\n"))
    expect(.tooFewLines(2), from: "sparta-journal/0a1f\n1\n")
    expect(.noFinalLineFeed, from: "")
    expect(.tooFewLines(1), from: "\n")
    expect(.foreignOrigin("\u{FEFF}sparta-journal/0a1f"), from: "\u{FEFF}" + Self.text)
    expect(.tooLong(1025), from: String(repeating: "a", count: 1025))
  }

  @Test("of no bytes, a negative size, or half a hash can't be made")
  func values() {
    #expect(throws: LogCheckpointError.badSize("-1")) {
      try LogCheckpoint(journalID: "0a", size: -1, head: Self.head)
    }
    #expect(throws: LogCheckpointError.badHead) {
      try LogCheckpoint(journalID: "0a", size: 1, head: Array(Self.head.dropLast()))
    }
  }

  @Test("say what is wrong without letting the text steer the terminal")
  func words() {
    let message = LogCheckpointError.foreignOrigin("\u{1B}[2J\u{202E}" + String(repeating: "a", count: 99))
      .description
    #expect(message.contains(#"'\u{1b}[2J\u{202e}aaa"#))
    #expect(message.contains("aaa…'"))
    #expect(!message.contains("\u{1B}"))
  }

  private func expect(_ error: LogCheckpointError, from text: String) {
    #expect(throws: error) { try LogCheckpoint(parsing: Array(text.utf8)) }
  }
}
