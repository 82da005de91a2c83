import Crypto
import Foundation

/// The derived keys of late: four HMACs saved per signature, since a key changes once a day only.
///
/// `@unchecked Sendable`: the keys are private and each access holds the lock. A lock over NSLock, since
/// ThreadSanitizer reports `Synchronization.Mutex` falsely on Linux.
final class SigningKeys: @unchecked Sendable {
  private struct Origin: Hashable {
    let secret: String
    let day: String
    let region: String
    let service: String
  }

  /// For all requests of the process.
  static let shared = SigningKeys()
  /// A run needs two or three at a time; more than this are old ones.
  private static let capacity = 16

  private let lock = NSLock()
  private var keys: [Origin: SymmetricKey] = [:]

  /// The key for one day, region and service.
  func key(secret: String, day: String, region: String, service: String) -> SymmetricKey {
    let origin = Origin(secret: secret, day: day, region: region, service: service)
    lock.lock()
    defer { lock.unlock() }
    if let key = keys[origin] { return key }
    if keys.count >= Self.capacity { keys.removeAll() }
    let key = Self.derive(origin)
    keys[origin] = key
    return key
  }

  private static func derive(_ origin: Origin) -> SymmetricKey {
    var key = SymmetricKey(data: Array("AWS4\(origin.secret)".utf8))
    for part in [origin.day, origin.region, origin.service, "aws4_request"] {
      key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
    }
    return key
  }
}

extension SigningKeys: CustomReflectable {
  /// Nothing: a dump must not show a secret.
  var customMirror: Mirror { Mirror(self, children: [:]) }
}
