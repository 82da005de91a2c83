import Foundation
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// Ends a program and all that it started when this process is gone before it could: killed, or out of memory.
///
/// A program learns of that by the end of its standard input; one that does not read, and what it has started, would go on. So a
/// process of its own waits at a pipe that only this process holds: its end without a word means that nobody is left to end them.
/// (Linux could tell the program alone, and when the thread is gone that started it.)
final class ProgramWatch: Sendable {
  private static let shell = "/bin/sh"
  /// The group's number, and then a line when all is over.
  private static let script =
    #"read -r group && [ "$group" != over ] && { read -r over || kill -9 "-$group"; }"#

  private let line: Int32
  private let task: Task<String?, Never>

  init() throws {
    let pipe = try ProgramPipe()
    line = pipe.write
    var options = PlatformOptions()
    options.createSession = true
    let configuration = Configuration(
      executable: .path(FilePath(Self.shell)), arguments: Arguments(["-c", Self.script]),
      environment: .custom([:]), platformOptions: options)
    task = Task.detached {
      do {
        _ = try await Subprocess.run(
          configuration,
          input: .fileDescriptor(FileDescriptor(rawValue: pipe.read), closeAfterSpawningProcess: true),
          output: .discarded, error: .discarded)
        return nil
      } catch {
        return "nothing ends it if this process is killed, since \(Self.shell) can't be started"
      }
    }
  }

  /// Takes in the program's group, which is its session's.
  func watch(group: Int32) { write("\(group)\n") }

  /// Says that the program is over, and waits until the watch is, too.
  ///
  /// - Returns: what kept it from watching; nil where it did.
  func end() async -> String? {
    // One that was given no group reads a line more.
    write("over\nover\n")
    close(line)
    return await task.value
  }

  /// A pipe takes so little at once.
  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Foundation.write(line, $0.baseAddress, $0.count) }
  }
}
