import DynamoJournalAddresses

/// The address of a service, in the parts that a signature needs.
struct ServiceAddress {
  /// With a slash at its end.
  let url: String
  /// With the port unless it is the scheme's own.
  let host: String
  /// With a slash at both ends.
  let path: String

  /// Nil for what is no address of a server, or has a user's name in it.
  ///
  /// - Parameter base: scheme, host, and perhaps port and path, without a slash at the end.
  init?(_ base: String) {
    guard let address = try? WebAddress(base + "/"), let server = address.server, !address.hasUserInformation
    else { return nil }
    url = address.url
    host = server.authority
    path = address.path
  }

  /// Whether secrets may go there: over https, or in the clear to this machine or to one of `others`.
  static func isPrivate(_ url: String, or others: [String] = []) -> Bool {
    guard let address = try? WebAddress(url), let server = address.server, !address.hasUserInformation else {
      return false
    }
    return !address.isPlainTextToAnotherMachine || others.contains(server.host)
  }
}
