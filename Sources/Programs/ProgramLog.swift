import DynamoJournalProgram

/// What a program writes to standard error, line by line, and no more of it than somebody can read.
package struct ProgramLog: Sendable {
  /// Lines that are passed on in a second.
  package static let linesPerSecond = 50
  /// Bytes of a line that are passed on.
  package static let maximumLine = 1_000

  private var splitter = LineSplitter(limit: ProgramLog.maximumLine, isCut: true)
  private var second = Int.min
  private var said = 0
  private var leftOut = 0

  /// Nothing was written.
  package init() {}

  /// The lines to pass on.
  ///
  /// - Parameter now: seconds of any clock that does not go back.
  package mutating func lines(_ bytes: [UInt8], at now: Int) -> [String] {
    var result: [String] = []
    if now != second {
      if leftOut > 0 { result.append(omission) }
      (second, said, leftOut) = (now, 0, 0)
    }
    // A line that is too long is cut, so nothing is thrown.
    for line in (try? splitter.lines(bytes)) ?? [] { say(line, &result) }
    return result
  }

  /// What is left at the program's end.
  package mutating func end() -> [String] {
    var result: [String] = []
    if let line = splitter.remainder() { say(line, &result) }
    if leftOut > 0 { result.append(omission) }
    leftOut = 0
    return result
  }

  private var omission: String {
    "program: … \(Plural.count(leftOut, "more line was", "more lines were")) left out"
  }

  private mutating func say(_ line: [UInt8], _ result: inout [String]) {
    guard said < Self.linesPerSecond else {
      leftOut += 1
      return
    }
    said += 1
    result.append("program: " + String(decoding: line, as: UTF8.self))
  }
}
