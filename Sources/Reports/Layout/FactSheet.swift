/// Facts with their names, values aligned; a fact of several lines goes on under its first.
struct FactSheet {
  private(set) var facts: [(name: String, lines: [String])] = []

  mutating func add(_ name: String, _ lines: [String]) {
    if !lines.isEmpty { facts.append((name, lines)) }
  }

  mutating func add(_ name: String, _ line: String?) { add(name, line.map { [$0] } ?? []) }

  /// How far values are indented.
  var indent: Int { (facts.map(\.name.count).max() ?? 0) + 2 }

  var text: String {
    let width = facts.map(\.name.count).max() ?? 0
    var text = ""
    for fact in facts {
      for (index, line) in fact.lines.enumerated() {
        let name = index == 0 ? fact.name : ""
        text += lines(name + String(repeating: " ", count: width - name.count + 2), line)
      }
    }
    return text
  }

  /// A digest has no place to break it: it comes closer to its name before it is cut.
  private func lines(_ name: String, _ value: String) -> String {
    guard let width = TextLayout.width, name.count + value.count > width else { return name + value + "\n" }
    let close = name.split(separator: " ").joined() + " " + value
    if !value.contains(" "), close.count <= width { return close + "\n" }
    return TextLayout.lines(name + value, width: width, hanging: name.count).map { $0 + "\n" }.joined()
  }
}
