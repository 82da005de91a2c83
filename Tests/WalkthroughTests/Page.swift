import Foundation
import Testing

/// A page of documentation as what it tells its reader to do.
struct Page {
  /// A fenced block.
  enum Step: Equatable {
    /// Commands to type, one of which has to fail where the block says so, and lines that they have to print.
    case shell(commands: String, fails: Bool, output: [String])
    /// A source to put into the file that the text before the block named last.
    case file(path: String, source: String)
  }

  /// What stands for the digest that a test prints, and that is then to be typed.
  static let digest = "DIGEST"

  let steps: [Step]
  /// Examples of the keys of a migration's file: nothing is done with them.
  let keys: [String]

  /// Reads Markdown.
  init(_ markdown: String) throws {
    var steps: [Step] = []
    var keys: [String] = []
    let parts = markdown.components(separatedBy: "\n```")
    // Text and blocks take turns; a block begins with its language.
    for (index, block) in parts.enumerated() where !index.isMultiple(of: 2) {
      let language = block.prefix { $0 != "\n" }
      let content = String(block.dropFirst(language.count + 1)) + "\n"
      switch language {
      case "sh", "sh fails":
        steps.append(.shell(commands: content, fails: language != "sh", output: []))
      case "yaml key":
        keys.append(content)
      case "swift", "yaml":
        let path = try #require(parts[index - 1].matches(of: /`([^`]+\.(?:swift|yaml))`/).last).1
        steps.append(.file(path: String(path), source: content))
      default:
        guard case .shell(let commands, let fails, _)? = steps.popLast() else {
          throw Unexpected(block: content)
        }
        let lines = content.split(separator: "\n").map(String.init)
        steps.append(.shell(commands: commands, fails: fails, output: lines))
      }
    }
    self.steps = steps
    self.keys = keys
  }

  /// Output that no command stands before.
  struct Unexpected: Error { let block: String }
}
