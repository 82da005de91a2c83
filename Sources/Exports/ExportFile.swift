import CDynamoJournalZlib
import DynamoJournalTables

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A gzip'd file that is being written, and the operating system's part of this module.
///
/// Only its owner may read it: it holds items. What can't be written is an error at the latest when it is closed.
final class ExportFile {
  private let path: String
  private let descriptor: Int32
  private var stream: gzFile?

  /// Makes a new file, mode 0600.
  init(path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(path, errno) }
    // zlib closes the descriptor that it is given, and the file must be synced after that.
    let copy = dup(descriptor)
    stream = copy < 0 ? nil : gzdopen(copy, "wb")
    guard stream != nil else {
      let problem = errno
      if copy >= 0 { close(copy) }
      close(descriptor)
      throw .system(path, problem)
    }
    gzbuffer(stream, 1 << 17)
  }

  deinit {
    guard let stream else { return }
    gzclose(stream)
    close(descriptor)
  }

  /// Writes bytes behind those written before.
  func write(_ bytes: [UInt8]) throws(FileError) {
    guard !bytes.isEmpty else { return }
    let written = bytes.withUnsafeBytes { gzwrite(stream, $0.baseAddress, UInt32($0.count)) }
    let problem = errno
    guard written == bytes.count else { throw .system(path, problem) }
  }

  /// Writes the rest and returns when all is on the disk.
  func finish() throws(FileError) {
    let ended = stream.map { gzclose($0) } ?? Z_STREAM_ERROR
    stream = nil
    var problem: Int32? = ended == Z_OK ? nil : errno
    if problem == nil && fsync(descriptor) != 0 { problem = errno }
    if close(descriptor) != 0 && problem == nil { problem = errno }
    if let problem { throw .system(path, problem) }
  }

  // MARK: Folders and small files

  /// Makes a folder and those above it, mode 0700, and returns when they are on the disk; what is there is taken as it is.
  static func makeFolder(_ path: String) throws(FileError) {
    let above = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if mkdir(path, 0o700) != 0 {
      let problem = errno
      if problem == EEXIST { return try checkFolder(path) }
      guard problem == ENOENT, above != ".", !above.isEmpty else { throw .system(path, problem) }
      try makeFolder(above)
      if mkdir(path, 0o700) != 0 && errno != EEXIST { throw .system(path, errno) }
    }
    try sync(above.isEmpty ? "/" : above)
  }

  /// A folder that was there must be this user's, and nobody else may put files into it.
  private static func checkFolder(_ path: String) throws(FileError) {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(path: path, reason: "it is not a folder", remedy: "give it another name, or remove it")
    }
    let isOurs = facts.st_uid == geteuid() || facts.st_uid == 0 || geteuid() == 0
    guard isOurs, facts.st_mode & S_IWOTH == 0 || facts.st_mode & S_ISVTX != 0 else {
      throw FileError(
        path: path, reason: isOurs ? "anybody can write to it" : "it belongs to another user",
        remedy: "chmod go-w \(ShellWord.text(path)), or move the journal to a folder of your own")
    }
  }

  /// Writes a small file, mode 0600, and returns when it is on the disk.
  static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(path, errno) }
    var problem: Int32?
    var rest = bytes[...]
    while problem == nil && !rest.isEmpty {
      #if canImport(Darwin)
        let count = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
      #elseif canImport(Musl)
        let count = rest.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
      #else
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      #endif
      if count < 0 { if errno != EINTR { problem = errno } } else { rest = rest.dropFirst(count) }
    }
    if problem == nil && fsync(descriptor) != 0 { problem = errno }
    if close(descriptor) != 0 && problem == nil { problem = errno }
    if let problem { throw .system(path, problem) }
  }

  /// Reads a file in pieces; `body` gets each.
  static func read(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path, errno) }
    defer { close(descriptor) }
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      #if canImport(Darwin)
        let count = piece.withUnsafeMutableBytes { Darwin.read(descriptor, $0.baseAddress, $0.count) }
      #elseif canImport(Musl)
        let count = piece.withUnsafeMutableBytes { Musl.read(descriptor, $0.baseAddress, $0.count) }
      #else
        let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      #endif
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path, errno) }
      if count == 0 { return }
      piece.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
    }
  }

  /// Gives a folder its final name; the name must be free, or that of an empty folder.
  ///
  /// The name is there for good when this returns: the folder above is synced, too.
  static func move(_ path: String, to final: String, in folder: String) throws(FileError) {
    guard rename(path, final) == 0 else { throw .system(final, errno) }
    try sync(folder)
  }

  /// Returns when the names in a folder are on the disk.
  static func sync(_ folder: String) throws(FileError) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(folder, errno) }
    defer { close(descriptor) }
    if fsync(descriptor) != 0 { throw .system(folder, errno) }
  }
}

extension FileError {
  /// What the system says, and what to do.
  fileprivate static func system(_ path: String, _ problem: Int32) -> FileError {
    let words = String(cString: strerror(problem))
    let advice =
      [ENOSPC, EDQUOT, EFBIG].contains(problem)
      ? "free some space and try again" : "check the folder and its permissions"
    return FileError(path: path, reason: "it can't be written or read (\(words)): \(advice)")
  }
}
