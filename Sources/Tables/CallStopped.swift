/// A call was given up since somebody had asked to stop.
package struct CallStopped: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whether the target may have received it, and acted on it.
  package let mayHaveHadEffect: Bool

  /// A call that was given up.
  package init(mayHaveHadEffect: Bool) { self.mayHaveHadEffect = mayHaveHadEffect }

  /// One sentence.
  package var description: String {
    mayHaveHadEffect
      ? "stopped while the target was silent: what was sent may have been written; type the command again to find out"
      : "stopped before anything was written: type the command again to begin anew"
  }
}
