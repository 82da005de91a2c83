import DynamoJournalTables
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The right to append: an exclusive lock on `<journal>.lock` that the kernel frees when the process dies, however it dies.
final class JournalLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock, or tells who has it. A reader that merely looks holds it for an instant, so the lock is tried for a second.
  ///
  /// - Throws: `JournalError.inUse`, `.notWritable`.
  init(journal: String) throws {
    let path = JournalLock.path(of: journal)
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else {
      let reason = errno == ELOOP ? "'\(path)' is a link: remove it" : String(cString: strerror(errno))
      throw JournalError.notWritable(path: journal, reason: reason)
    }
    // Its text is replaced below, which nothing but a lock file of ours may suffer.
    guard JournalLock.isPlain(descriptor) else {
      close(descriptor)
      throw JournalError.notWritable(
        path: journal, reason: "'\(path)' is not a lock file of this user: remove it")
    }
    for attempt in 0... {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { break }
      guard attempt < 50 else {
        let holder = JournalLock.holder(journal)
        close(descriptor)
        throw JournalError.inUse(path: journal, holder: holder)
      }
      usleep(20_000)
    }
    sayWhoHoldsIt()
  }

  deinit { close(descriptor) }

  /// Whether a live process holds the lock now.
  static func isHeld(journal: String) -> Bool {
    let descriptor = open(path(of: journal), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// Beside the file itself, so that two names of one journal are one lock.
  private static func path(of journal: String) -> String {
    guard let resolved = realpath(journal, nil) else { return journal + ".lock" }
    defer { free(resolved) }
    return String(cString: resolved) + ".lock"
  }

  /// Whether it is a file with one name, of this user; root may hold anybody's.
  private static func isPlain(_ descriptor: Int32) -> Bool {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { return false }
    let isOurs = facts.st_uid == geteuid() || geteuid() == 0
    return facts.st_mode & S_IFMT == S_IFREG && facts.st_nlink == 1 && isOurs
  }

  /// Who holds the lock, by what is written in its file.
  static func holder(_ journal: String) -> String {
    let text = try? String(contentsOfFile: path(of: journal), encoding: .utf8)
    let line = text?.split(separator: "\n").first.map(String.init)
    return line.map { "process \($0)" } ?? "another process"
  }

  /// What stands in the file is for the message of whoever comes second; the lock itself is the kernel's.
  private func sayWhoHoldsIt() {
    let line = Array("\(getpid()) on \(ProcessInfo.processInfo.hostName)\n".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, line, line.count, 0) }
  }
}

/// Files and folders that only their owner may read: the journal holds the items' values.
enum PrivateFiles {
  /// Makes the folder with mode 0700 and an empty file with mode 0600 where they are missing.
  static func create(_ path: String) throws {
    // Not by NSString, whose deletingLastPathComponent crashes on "." (Swift 6.3 on Linux).
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    if !folder.isEmpty && !FileManager.default.fileExists(atPath: folder) {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw JournalError.notWritable(path: path, reason: "its folder can't be made")
      }
    }
    // What is there is looked at, and what is not is made without following a link that somebody puts there meanwhile.
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      close(descriptor)
    } else if errno != EEXIST {
      throw JournalError.notWritable(path: path, reason: String(cString: strerror(errno)))
    }
    if let flaw = FileTrust(path).flawOfDatabase {
      throw JournalError.untrusted(path: path, flaw: flaw.words, command: flaw.command)
    }
  }
}
