#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What tells one journal file on one machine from its copies.
///
/// The kernel frees a journal's lock when its process dies. Whoever holds the lock of the very file that a guard was taken
/// for, on the machine that it was taken on, therefore knows that the process before is gone and need not wait for the
/// guard to expire. A copy of the journal has another inode, another host another kernel.
package enum GuardToken {
  /// The token of the file at that path: the boot of the kernel, the device, the inode; nil when there is no such file.
  package static func token(ofJournalAt path: String) -> String? {
    FileIdentity(path).map { "\(boot):\($0.device):\($0.inode)" }
  }

  /// An id that the kernel makes when it starts, the same in all its containers; where there is none, the host's name.
  ///
  /// Source: proc_sys_kernel(5), `boot_id`; on Darwin `kern.bootsessionuuid`
  private static var boot: String {
    #if canImport(Darwin)
      var buffer = [CChar](repeating: 0, count: 64)
      var size = buffer.count
      if sysctlbyname("kern.bootsessionuuid", &buffer, &size, nil, 0) == 0 { return text(buffer) }
    #else
      if let id = firstLine("/proc/sys/kernel/random/boot_id") { return id }
    #endif
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return text(name)
  }

  private static func firstLine(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 64)
    guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
    return text(buffer.filter { $0 != 10 })
  }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
