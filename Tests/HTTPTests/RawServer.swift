import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A server of bare sockets on 127.0.0.1 that misbehaves as its script says: one thread per connection.
final class RawServer: Sendable {
  /// One accepted connection.
  ///
  /// Its script runs on a thread of its own, and it is closed when the script returns.
  struct Connection: Sendable {
    /// 1 for the first one accepted.
    let number: Int
    fileprivate let socket: Int32

    /// A request's head and as many bytes of body as its Content-Length says; nil once the client has closed.
    func readRequest() -> String? {
      var received: [UInt8] = []
      while true {
        let text = String(decoding: received, as: UTF8.self)
        if let end = text.range(of: "\r\n\r\n") {
          let length = text[..<end.lowerBound].lowercased().split(separator: "\r\n")
            .first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
          if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
        }
        guard let more = read() else { return nil }
        received += more
      }
    }

    /// What has come, at least one byte; nil once the client has closed.
    func read() -> [UInt8]? {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = recv(socket, &buffer, buffer.count, 0)
      return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// False once the client has closed.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, noSignal) }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  let port: UInt16
  private let listener: Int32

  var url: String { "http://127.0.0.1:\(port)" }

  init(_ script: @escaping @Sendable (Connection) -> Void) throws {
    let listener = try Self.listen()
    self.listener = listener
    port = try Self.port(of: listener)
    Thread.detachNewThread {
      var number = 0
      while true {
        let accepted = accept(listener, nil, nil)
        guard accepted >= 0 else { return }
        number += 1
        let connection = Connection(number: number, socket: accepted)
        Thread.detachNewThread {
          script(connection)
          shutdown(accepted, Int32(shutBoth))
          close(accepted)
        }
      }
    }
  }

  /// Ends the accepting thread.
  ///
  /// A connection ends with its script.
  func stop() {
    shutdown(listener, Int32(shutBoth))
    close(listener)
  }

  private static func listen() throws -> Int32 {
    let listener = try bound()
    #if canImport(Darwin)
      let isListening = Darwin.listen(listener, 256) == 0
    #elseif canImport(Musl)
      let isListening = Musl.listen(listener, 256) == 0
    #else
      let isListening = Glibc.listen(listener, 256) == 0
    #endif
    guard isListening else { throw POSIXError(.EADDRINUSE) }
    return listener
  }

  /// A socket with a port of its own, on which nobody listens yet.
  fileprivate static func bound() throws -> Int32 {
    let socket = socket(AF_INET, streamType, 0)
    guard socket >= 0 else { throw POSIXError(.EMFILE) }
    var address = loopback()
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) == 0 }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    return socket
  }

  private static func loopback() -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  fileprivate static func port(of listener: Int32) throws -> UInt16 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
    }
    guard code == 0 else { throw POSIXError(.EBADF) }
    return UInt16(bigEndian: address.sin_port)
  }
}

/// A port of 127.0.0.1 that refuses connections and that nobody else can get while this lives.
final class ClosedPort: Sendable {
  /// The port's number.
  let number: UInt16
  private let socket: Int32

  var url: String { "http://127.0.0.1:\(number)" }

  init() throws {
    socket = try RawServer.bound()
    number = try RawServer.port(of: socket)
  }

  deinit { close(socket) }
}

#if canImport(Darwin)
  private let streamType = SOCK_STREAM
  private let noSignal: Int32 = 0
#else
  private let streamType = Int32(SOCK_STREAM.rawValue)
  private let noSignal = Int32(MSG_NOSIGNAL)
#endif
private let shutBoth = 2

/// Runs `body` against a scripted server.
func withRawServer(
  _ script: @escaping @Sendable (RawServer.Connection) -> Void, _ body: (RawServer) async throws -> Void
) async throws {
  let server = try RawServer(script)
  defer { server.stop() }
  try await body(server)
}
