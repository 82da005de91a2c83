#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The operating system's part of the embedded store: files only their owner may read, and the time.
enum EmbeddedFile {
  /// Whether a file was there before.
  enum Found {
    case made
    case existed
  }

  /// Makes the file, mode 0600, and the folders to it that are missing, mode 0700.
  ///
  /// A file that exists is not even opened: closing it would drop the POSIX locks that another connection of this process
  /// holds on it. Source: "How To Corrupt An SQLite Database File", 2.2, https://sqlite.org/howtocorrupt.html
  static func make(_ path: String) throws(StoreError) -> Found {
    try makeFolders(to: path)
    let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    if file >= 0 {
      close(file)
      return .made
    }
    let problem = errno
    if problem == EEXIST { return .existed }
    throw .cannotMake(path, because: String(cString: strerror(problem)))
  }

  private static func makeFolders(to path: String) throws(StoreError) {
    for (index, character) in zip(path.indices, path) where character == "/" && index != path.startIndex {
      let folder = String(path[..<index])
      if mkdir(folder, 0o700) == 0 { continue }
      let problem = errno
      // A folder above may exist and yet refuse to be made again, in a read-only file system for one.
      if problem == EEXIST || access(folder, F_OK) == 0 { continue }
      throw .cannotMake(folder, because: String(cString: strerror(problem)))
    }
  }

  /// Lets the thread sleep; for the door of a file only, since it blocks.
  static func pause(microseconds: UInt32) { usleep(microseconds) }

  /// Microseconds since 1970, UTC.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
