import DynamoJournalProgram
import Foundation
import Logging
import DynamoJournalEvents
import DynamoJournalReports

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

  /// Columns of the terminal that the answer goes to; nil where it goes elsewhere, or where the terminal does not say.
  static var width: Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0
    else {
      return nil
    }
    return Int(size.ws_col)
  }

  /// Whether a part of the answer could not be written, to a full disk for one; a reader that left is no loss.
  static var hasLostAnswer: Bool { lostAnswer.isSet }

  private static let lostAnswer = Flag()

  /// A line of the answer.
  static func answer(_ line: String) { answer(text: line + "\n") }

  /// A part of the answer with its own line ends, text or JSON.
  ///
  /// This is the door for what comes from outside, whoever made the text: nothing behind it steers a terminal or forges a line.
  /// The escapes are JSON's, so that a document stays one.
  static func answer(text: String) { write(answer: Array(Printable.escaped(text).utf8)) }

  /// A part of the answer for people, with its long lines broken where a terminal is narrow.
  static func answer(prose: String) { answer(text: TextLayout.wrapped(prose)) }

  /// A part of the answer in colours, which are the only ones that reach the terminal.
  static func answer(text: String, _ colour: Colour) {
    write(answer: Array(colour.difference(Printable.escaped(text)).utf8))
  }

  /// Bytes of the answer as they are, but for a terminal, which is shown them as text.
  static func answer(bytes: [UInt8]) {
    if isatty(STDOUT_FILENO) == 1 { return answer(text: String(decoding: bytes, as: UTF8.self)) }
    write(answer: bytes)
  }

  private static func write(answer bytes: [UInt8]) {
    guard let problem = write(bytes, to: STDOUT_FILENO), problem != EPIPE, !hasLostAnswer else { return }
    lostAnswer.set()
    error(
      "the answer can't be written (\(String(cString: strerror(problem)))): free some space and type it again"
    )
  }

  /// A line of progress or a warning.
  ///
  /// What comes from outside is escaped here, whoever made the line; a text of several lines keeps them.
  static func say(_ line: String) { write(Printable.lines(line) + "\n", to: STDERR_FILENO) }

  /// The sentence that the program ends with.
  static func error(_ sentence: String) {
    write("\(Program.name): \(Printable.text(sentence))\n", to: STDERR_FILENO)
  }

  /// A question, after which the cursor stays.
  static func ask(_ question: String) { write(Printable.lines(question), to: STDERR_FILENO) }

  /// Writes a line over the one that was written so before.
  static func redraw(_ line: String) { write("\r\u{1B}[K" + Printable.text(line), to: STDERR_FILENO) }

  /// Ends a line that was redrawn.
  static func endLine() { write("\n", to: STDERR_FILENO) }

  /// Whether a line of the answer may be written over the one before.
  static var redrawsAnswer: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  /// Writes a line of the answer over the one that was written so before, cut where the terminal ends.
  static func redrawAnswer(_ line: String) {
    let text = Printable.text(line)
    let room = width.map { max(1, $0 - 1) } ?? .max
    let shown = text.count > room ? text.prefix(room - 1) + "…" : text
    write(answer: Array(("\r\u{1B}[K" + shown).utf8))
  }

  /// Ends a line of the answer that was redrawn.
  static func endAnswerLine() { write(answer: [UInt8(ascii: "\n")]) }

  /// A logger of requests for `--verbose`, on standard error.
  static func logger(_ label: String) -> Logger {
    var logger = Logger(label: label, factory: { ConsoleLog(label: $0) })
    logger.logLevel = .debug
    return logger
  }

  /// What is said beside the answer goes unheard where nobody listens: that is no reason to stop.
  private static func write(_ text: String, to descriptor: Int32) {
    _ = write(Array(text.utf8), to: descriptor)
  }

  /// Whoever read the output may be gone: a run goes on without a listener, a reading command is ended by SIGPIPE.
  ///
  /// - Returns: the error's number, or nil when all is written.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return errno }
      rest = rest.dropFirst(written)
    }
    return nil
  }
}

/// Writes a logger's lines as all others are written, so that what a server says in them is escaped like the rest.
private struct ConsoleLog: LogHandler {
  let label: String
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .debug

  init(label: String) { self.label = label }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let facts = all.map { " \($0.key)=\($0.value)" }.joined()
    let text = "\(Timestamp.text(Timestamp.now())) \(event.level) \(label):\(facts) \(event.message)"
    Console.say(Printable.text(text))
  }
}

/// A boolean that is set once, from any thread: the lock guards the only field, hence the unchecked conformance.
private final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false

  func set() { lock.withLock { value = true } }
  var isSet: Bool { lock.withLock { value } }
}
