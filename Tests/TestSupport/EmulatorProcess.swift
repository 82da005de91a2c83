import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// A child that dies with us: a shell holds the reading end of a pipe of ours and kills its child when that ends.
///
/// SIGKILL, since nothing of a server is worth waiting for.
final class WatchedProcess: Sendable {
  private let shell: Child
  private let pipe: FileDescriptor
  /// The server's own number.
  let child: Int32

  init(_ command: Emulator.Command, folder: String) async throws {
    let pidFile = folder + "/pid"
    if FileManager.default.fileExists(atPath: pidFile) { try FileManager.default.removeItem(atPath: pidFile) }
    let pipe = try FileDescriptor.pipe()
    self.pipe = pipe.writeEnd
    let scratch = folder + "/shell"
    try Folder.make(scratch)
    shell = try await Child.start(
      "/bin/sh", ["-c", Self.watched, "sh", command.program] + command.arguments, from: pipe.readEnd,
      environment: command.environment.merging(["EMULATOR_FOLDER": folder]) { $1 }, folder: folder,
      scratch: scratch)
    child = try await Self.number(in: pidFile, shell)
  }

  /// The shell ends with the server; the watcher reads our pipe meanwhile, and ends the server when we end.
  private static let watched = """
    exec 3<&0
    "$@" >"$EMULATOR_FOLDER/output" 2>&1 </dev/null 3<&- &
    child=$!
    echo $child >"$EMULATOR_FOLDER/pid.new" && mv "$EMULATOR_FOLDER/pid.new" "$EMULATOR_FOLDER/pid"
    { cat <&3 >/dev/null; kill -9 $child; } &
    watcher=$!
    wait $child
    kill $watcher
    """

  /// Whether the server has not ended.
  var isRunning: Bool { shell.isRunning }

  /// Ends the server and returns when it is gone.
  func end() async {
    killServer()
    do {
      try pipe.close()
      _ = try await shell.wait()
    } catch {
      print("a server's watcher did not end as it should: \(error)")
    }
  }

  deinit { killServer() }

  /// Once the server has ended, its number may be somebody else's.
  private func killServer() {
    if isRunning { kill(child, SIGKILL) }
  }

  private static func number(in file: String, _ shell: Child) async throws -> Int32 {
    // Only a shell that hangs for good takes so long.
    let deadline = ContinuousClock.now + .seconds(600)
    while true {
      // Looked at before the file is: a shell that has ended wrote it before that.
      let isRunning = shell.isRunning
      if let text = try? String(contentsOfFile: file, encoding: .utf8),
        let number = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
      {
        return number
      }
      guard isRunning, ContinuousClock.now < deadline else { throw EmulatorError.notStarted }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

/// Ports that nobody listens on.
package enum FreePort {
  /// Below those that the system gives out by itself, so that no connection takes one before it is used.
  private static let range: Range<UInt16> = 15_000..<32_000

  /// Runs `body` with a free port, and again with another one if its server ended: somebody else may have taken the port
  /// meanwhile.
  static func use<Result>(_ body: (UInt16) async throws -> Result) async throws -> Result {
    for _ in 0..<3 {
      do { return try await body(find()) } catch EmulatorError.ended { continue }
    }
    return try await body(find())
  }

  /// A free port.
  package static func find() throws -> UInt16 {
    for _ in 0..<100 {
      let port = UInt16.random(in: range)
      if isFree(port) { return port }
    }
    throw EmulatorError.noPort
  }

  private static func isFree(_ port: UInt16) -> Bool {
    #if canImport(Darwin)
      let type = SOCK_STREAM
    #else
      let type = Int32(SOCK_STREAM.rawValue)
    #endif
    let listener = socket(AF_INET, type, 0)
    guard listener >= 0 else { return false }
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) == 0 }
    }
  }
}
