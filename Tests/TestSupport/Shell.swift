/// Runs programs.
package enum Shell {
  /// What a program left behind.
  package struct Outcome: Sendable {
    /// The exit code, or the signal's number with a minus sign.
    package let status: Int32
    /// Standard output.
    package let output: String
    /// Standard error.
    package let errors: String

    /// What a program left behind.
    package init(status: Int32, output: String, errors: String) {
      self.status = status
      self.output = output
      self.errors = errors
    }
  }

  /// Runs a program to its end. Output goes through files, so that no pipe can fill up and block it.
  package static func run(
    _ program: String, _ arguments: [String] = [], input: [UInt8] = [], environment: [String: String]? = nil,
    folder: String? = nil
  ) async throws -> Outcome {
    try await withTemporaryFolder { scratch in
      let child = try await Child.start(
        program, arguments, input: input, environment: environment, folder: folder, scratch: scratch)
      let status = try await child.wait()
      return Outcome(status: status, output: try child.output(), errors: try child.errors())
    }
  }
}
