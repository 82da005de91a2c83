import Foundation
import DynamoJournalRunner

/// A question on the terminal that Ctrl-C can end.
enum Question {
  /// Asks, and waits for a line.
  ///
  /// - Returns: whether the answer was yes; nil when the run is to stop.
  static func ask(_ text: String, _ stop: StopSignal) -> Bool? {
    Console.ask("\(text) [y/N] ")
    while !stop.isRequested {
      var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, 100) > 0 else { continue }
      let answer = readLine(strippingNewline: true)?.trimmingCharacters(in: .whitespaces).lowercased()
      return answer == "y" || answer == "yes"
    }
    return nil
  }
}
