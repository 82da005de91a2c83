#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What stands at a path, looked at before it is opened.
package enum FileKind {
  /// Whether it is neither a file nor a folder: opening it may wait for ever for a writer, and reading it may never end.
  ///
  /// What the shell has opened for this process (`-`, `<(…)`) has a writer and is read as it comes.
  package static func waitsForOthers(_ path: String) -> Bool {
    var found = stat()
    guard !isOpened(path), stat(path, &found) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(found.st_mode & S_IFMT)
  }

  /// Whether it is a folder.
  package static func isFolder(_ path: String) -> Bool {
    var found = stat()
    return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether it is a file.
  static func isRegular(_ path: String) -> Bool {
    var found = stat()
    return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFREG
  }

  /// Whether the shell has opened it for this process.
  package static func isOpened(_ path: String) -> Bool {
    path == "/dev/stdin" || ["/dev/fd/", "/proc/self/fd/"].contains { path.hasPrefix($0) }
  }
}
