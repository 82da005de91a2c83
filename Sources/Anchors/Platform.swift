import DynamoJournalProgram
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is asked of the system directly.
enum Platform {
  /// Whether this process has a terminal on which somebody can be asked now: not one that it runs in the background of.
  static var hasTerminal: Bool {
    let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return tcgetpgrp(descriptor) == getpgrp()
  }

  /// Whether we may run the file.
  static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  /// Why the path is not that of a regular file that we may read, or nil. Nothing of it is read.
  static func faultOfFile(_ path: String) -> SystemReason? {
    if case .failure(let reason) = opened(path) { reason } else { nil }
  }

  /// The content of a regular file of at most so many bytes, or why it can't be read.
  static func content(of path: String, limit: Int) -> Result<[UInt8], SystemReason> {
    opened(path).flatMap { handle in
      do {
        let data = try handle.read(upToCount: limit + 1) ?? Data()
        guard data.count <= limit else { return .failure(SystemReason("it is larger than \(limit) bytes")) }
        return .success([UInt8](data))
      } catch {
        return .failure(SystemReason("reading it failed"))
      }
    }
  }

  /// Opens a file without waiting, so that a named pipe is refused and not waited for.
  private static func opened(_ path: String) -> Result<FileHandle, SystemReason> {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .failure(SystemReason(errno)) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .failure(SystemReason(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      return .failure(SystemReason("it is not a regular file"))
    }
    return .success(handle)
  }

  /// Makes an empty folder that only we may read.
  static func makeTemporaryFolder() -> Result<String, SystemReason> {
    let pattern = FileManager.default.temporaryDirectory.appendingPathComponent("\(Program.name)-XXXXXX").path
    var path = Array(pattern.utf8CString)
    guard mkdtemp(&path) != nil else { return .failure(SystemReason(errno)) }
    return .success(String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
  }
}

/// Why the system refused something, in its words.
struct SystemReason: Error {
  let text: String

  init(_ text: String) { self.text = text }

  init(_ code: Int32) { text = String(cString: strerror(code)) }
}
