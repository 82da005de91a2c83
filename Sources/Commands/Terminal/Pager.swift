import Foundation

/// A pager between a long answer and the terminal, as git has one: `$PAGER`, or `less` where it is installed.
///
/// Only the environment says which program that is, never a file of variables: it is started.
struct Pager {
  private let program: UnsafeMutablePointer<FILE>
  private let terminal: Int32
  private let interrupt: (@convention(c) (Int32) -> Void)?

  /// Sends standard output through the pager; nil where it is not a terminal or no pager is wanted.
  static func open() -> Pager? {
    guard isatty(STDOUT_FILENO) == 1, let command else { return nil }
    // What git asks of less: end when all fits, show colours, leave the screen as it is. A setting of one's own wins.
    setenv("LESS", "FRX", 0)
    guard let program = popen(command, "w") else { return nil }
    // Ctrl-C is the pager's; when it leaves, the next write ends this program.
    let interrupt = signal(SIGINT, SIG_IGN)
    let terminal = dup(STDOUT_FILENO)
    dup2(fileno(program), STDOUT_FILENO)
    return Pager(program: program, terminal: terminal, interrupt: interrupt)
  }

  /// Waits until the pager is left, and gives the terminal back.
  func close() {
    dup2(terminal, STDOUT_FILENO)
    Foundation.close(terminal)
    pclose(program)
    signal(SIGINT, interrupt)
  }

  private static var command: String? {
    let environment = ProcessInfo.processInfo.environment
    if let chosen = environment["PAGER"] { return chosen.isEmpty || chosen == "cat" ? nil : chosen }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { access("\($0)/less", X_OK) == 0 } ? "less" : nil
  }
}
