/// The room that text for people has.
package enum TextLayout {
  /// Columns of the terminal that the answer goes to; nil where it goes to a file or a program, which take any length.
  @TaskLocal package static var width: Int?

  /// Narrower than this nothing can be laid out: lines are then as long as they must be.
  package static let narrowest = 20

  /// The text with every line broken that is longer than there is room; what goes on is indented by two more spaces.
  package static func wrapped(_ text: String) -> String {
    guard let width else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { lines(String($0), width: width) }.joined(separator: "\n")
  }

  /// A line in as many as it takes.
  ///
  /// It is broken between words; a word that is longer than a line, such as an ARN, is broken where the line ends.
  ///
  /// - Parameter hanging: how far all but the first are indented; nil for two more than the line itself.
  static func lines(_ line: String, width: Int, hanging: Int? = nil) -> [String] {
    guard line.count > width, width >= narrowest else { return [line] }
    let indent = line.prefix { $0 == " " }.count
    let next = min(hanging ?? indent + 2, width / 2)
    var lines: [String] = []
    var current = String(repeating: " ", count: min(indent, width / 2))
    var isEmpty = true
    func end() {
      while current.hasSuffix(" ") { current.removeLast() }
      lines.append(current)
      current = String(repeating: " ", count: next)
      isEmpty = true
    }
    for word in line.dropFirst(indent).split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty && current.count + 1 + word.count > width { end() }
      if !isEmpty { current += " " }
      var rest = word
      while current.count + rest.count > width {
        let room = width - current.count
        current += rest.prefix(room)
        rest = rest.dropFirst(room)
        end()
      }
      current += rest
      isEmpty = isEmpty && word.isEmpty
    }
    if !isEmpty { lines.append(current) }
    return lines
  }

  /// A command in as many lines as it takes, each but the last with a backslash at its end, so that it works when it is pasted.
  ///
  /// Source: POSIX.1-2017, "Shell Command Language", 2.2.1 "Escape Character (Backslash)": a backslash before the end of a line
  /// joins it with the next.
  static func command(_ command: String, width: Int, indent: Int) -> [String] {
    let start = String(repeating: " ", count: indent)
    var lines = [start]
    for word in words(command) {
      let current = lines[lines.count - 1]
      let isFirst = current == start
      if isFirst || current.count + 1 + word.count + 2 <= width {
        lines[lines.count - 1] = current + (isFirst ? "" : " ") + word
      } else {
        lines[lines.count - 1] = current + " \\"
        // A digest is as long as a narrow line.
        lines.append(start.count + word.count > width ? word : start + word)
      }
    }
    return lines
  }

  /// Cut at spaces that are not in quotation marks.
  private static func words(_ command: String) -> [String] {
    var words = [""]
    var isQuoted = false
    for character in command {
      if character == "'" { isQuoted.toggle() }
      if character == " " && !isQuoted {
        words.append("")
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words.filter { !$0.isEmpty }
  }
}
