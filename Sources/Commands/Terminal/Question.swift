import Foundation
import DynamoJournalRunner

/// A question on the terminal that Ctrl-C can end.
enum Question {
  /// Asks, and waits for a line.
  ///
  /// - Returns: whether the answer was yes; nil when the run is to stop.
  static func ask(_ text: String, _ stop: StopSignal) -> Bool? {
    read("\(text) [y/N] ", stop).map { $0 == "y" || $0 == "yes" }
  }

  /// Asks, and shows what it is about as often as that is wanted, before there is an answer.
  ///
  /// - Parameter details: called for the answer `d`.
  /// - Returns: whether the answer was yes; nil when the run is to stop.
  static func ask(
    _ text: String, _ stop: StopSignal, details: () async throws -> Void
  ) async throws -> Bool? {
    while true {
      let answer = read("\(text) [y/N, d shows every change] ", stop)
      guard answer == "d" else { return answer.map { $0 == "y" || $0 == "yes" } }
      try await details()
    }
  }

  /// A line in lower case; empty at the end of the input, and nil when the run is to stop.
  private static func read(_ prompt: String, _ stop: StopSignal) -> String? {
    Console.ask(prompt)
    while !stop.isRequested {
      var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, 100) > 0 else { continue }
      return readLine(strippingNewline: true)?.trimmingCharacters(in: .whitespaces).lowercased() ?? ""
    }
    return nil
  }
}
