#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system says about this process's account.
enum SystemAccount {
  /// The largest entry of the database of users that is read, in bytes.
  private static let maximumEntry = 1 << 20

  /// The real user: that of whoever started the process, also where a bit of the program's file makes it another's.
  static var realUserID: UInt32 { getuid() }

  /// The account's name, or nil where the database of users has none.
  static func name(of uid: UInt32) -> String? {
    var size = 1024
    while size <= maximumEntry {
      var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
      var buffer = [CChar](repeating: 0, count: size)
      let code = getpwuid_r(uid, &entry, &buffer, buffer.count, &found)
      // The name is one of the buffer's bytes, which live as long as this turn.
      if code == 0 {
        guard found != nil, let name = entry.pw_name else { return nil }
        let text = withExtendedLifetime(buffer) { String(cString: name) }
        return text.isEmpty ? nil : text
      }
      guard code == ERANGE else { return nil }
      size *= 4
    }
    return nil
  }

  /// The host's name, or `unknown` where the system doesn't tell it.
  static var host: String {
    var buffer = [CChar](repeating: 0, count: 1025)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return name.isEmpty ? "unknown" : name
  }
}
