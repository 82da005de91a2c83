import DynamoJournalJSON
import Foundation
import TestSupport
import Testing

/// Headless Chromium, driven by Browser/browse.py.
enum Browser {
  /// One thing to do.
  enum Step {
    case evaluate(String)
    case until(String)
    case key(String)
    case size(Int, Int)
    case scheme(String)
    /// Takes an option of a list.
    case choose(String, String)

    fileprivate var json: JSONValue {
      switch self {
      case .evaluate(let expression): ["evaluate": .string(expression)]
      case .until(let expression): ["time": .string(expression)]
      case .key(let name): ["key": .string(name)]
      case .size(let width, let height): ["size": [.number(width), .number(height)]]
      case .scheme(let name): ["scheme": .string(name)]
      case .choose(let id, let value):
        [
          "evaluate": .string(
            "(() => { const one = document.getElementById('\(id)'); one.value = '\(value)'; one.dispatchEvent(new Event('change')); })()"
          )
        ]
      }
    }

    fileprivate var isQuestion: Bool { if case .evaluate = self { true } else { false } }
  }

  /// What was seen.
  struct Seen {
    /// What came of the expressions that have a value, as text.
    let answers: [String]
    /// Errors of the page.
    let faults: [JSONValue]
    /// Every address that the page asked for.
    let requests: [String]
  }

  /// Whether the tests are run: where there is a browser, or where there must be one.
  static var isWanted: Bool {
    let environment = ProcessInfo.processInfo.environment
    if environment["REQUIRE_BROWSER"] != nil { return true }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { folder in
      ["chromium", "chromium-browser", "google-chrome"].contains {
        FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
      }
    }
  }

  /// Opens a page, waits for its script, and takes the steps.
  static func open(_ path: String, _ steps: [Step]) async throws -> Seen {
    let all = [.until("document.documentElement.dataset.ready === 'true'")] + steps
    let input = JSONValue.array(all.map(\.json)).text()
    let driver = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Browser/browse.py"
    let outcome = try await Shell.run("/usr/bin/env", ["python3", driver, path], input: Array(input.utf8))
    try #require(outcome.status == 0, "\(outcome.errors)")
    let answer = try JSONValue(parsing: outcome.output)
    let results = answer["results"]?.arrayValue ?? []
    return Seen(
      answers: zip(all, results).filter { $0.0.isQuestion && !$0.1.isNull }
        .map { $0.1.stringValue ?? $0.1.text() },
      faults: answer["faults"]?.arrayValue ?? [],
      requests: (answer["requests"]?.arrayValue ?? []).compactMap(\.stringValue))
  }

  /// The texts whose contrast with what is behind them is less than 4.5 to 1, the least that WCAG 2.2 allows (1.4.3).
  ///
  /// Source of the formula: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
  static let pale = """
    (() => {
      const light = (colour) => {
        const part = (value) => { const one = value / 255; return one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4; };
        return 0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2]);
      };
      const read = (text) => text.match(/[0-9.]+/g).map(Number);
      const behind = (one) => {
        for (; one; one = one.parentElement) {
          const colour = read(getComputedStyle(one).backgroundColor);
          if (colour.length === 3 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
      };
      const found = new Set();
      for (const one of document.querySelectorAll("body *")) {
        if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || !one.getClientRects().length) continue;
        const style = getComputedStyle(one);
        const colour = read(one.namespaceURI.endsWith("svg") ? style.fill : style.color);
        const [a, b] = [light(colour), light(behind(one))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) found.add(one.tagName + "." + one.className);
      }
      return [...found].join(" ");
    })()
    """
}
