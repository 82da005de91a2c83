import DynamoJournalProgram

/// A call was given up since somebody had asked to stop.
package struct CallStopped: ExplainedError, Hashable, Sendable {
  /// Whether the target may have received it, and acted on it.
  package let mayHaveHadEffect: Bool

  /// A call that was given up.
  package init(mayHaveHadEffect: Bool) { self.mayHaveHadEffect = mayHaveHadEffect }

  package var explanation: Explanation {
    mayHaveHadEffect
      ? Explanation(
        "stopped while the target was silent, and what was sent may have been written",
        "type the command again to find out")
      : Explanation("stopped before anything was written", "type the command again to begin anew")
  }
  package var errorClass: ErrorClass { .database }
  package var exitStatus: ExitStatus { .interrupted }
}
