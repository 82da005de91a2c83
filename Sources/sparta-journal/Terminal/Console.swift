import Foundation

/// Standard output for the answer, standard error for everything else.
enum Console {
  /// Whether standard error is a terminal.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether somebody can be asked.
  static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isTerminal }

  /// Whether colour and redrawing are welcome (https://no-color.org).
  static var isPlain: Bool {
    let environment = ProcessInfo.processInfo.environment
    return !isTerminal || !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
  }

  /// A line of the answer.
  static func answer(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

  /// A part of the answer with its own line ends.
  static func answer(text: String) { write(text, to: STDOUT_FILENO) }

  /// Bytes of the answer as they are.
  static func answer(bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

  /// A line of progress or a warning.
  static func say(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

  /// The sentence that the program ends with.
  static func error(_ sentence: String) { write("sparta-journal: \(sentence)\n", to: STDERR_FILENO) }

  /// Text without a line's end, for questions and for lines that are redrawn.
  static func part(_ text: String) { write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

  /// Whoever read the output may be gone: a run goes on without a listener, a reading command is ended by SIGPIPE.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}
