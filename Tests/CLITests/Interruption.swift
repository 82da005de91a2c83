import Foundation
import TestSupport
import Testing

/// Starts a command, sends signals when it says `line`, and lets it end.
func interrupt(
  _ product: Product, _ arguments: [String], at line: String, _ signals: [Int32]
) async throws -> Shell.Outcome {
  try await withTemporaryFolder { scratch in
    let child = try await product.start(arguments, scratch: scratch)
    while child.isRunning, try !child.errors().contains(line) {
      try await Task.sleep(for: .milliseconds(1))
    }
    for signal in signals {
      child.send(signal)
      // Two of a kind that are pending at once count as one.
      while signals.count > 1, child.isRunning, try !child.errors().contains("stopping:") {
        try await Task.sleep(for: .milliseconds(1))
      }
    }
    return Shell.Outcome(
      status: try await child.wait(), output: try child.output(), errors: try child.errors())
  }
}

/// Runs `body` with more and more operators until it has caught the program at work.
func untilCaught(operators: Int = 2_500, _ body: (OperatorFolder) async throws -> Bool) async throws {
  for attempt in 0..<5 {
    var isCaught = false
    try await withOperators(owned: operators << attempt, idle: 0) { isCaught = try await body($0) }
    if isCaught { return }
  }
  Issue.record("the program was always done before the signal came")
}
