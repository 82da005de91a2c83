/// Why a text is no address; it never holds a part of the text, which may be a secret.
package enum AddressError: Error, Hashable, Sendable {
  /// It is not of the form `scheme://…`.
  case form
  /// Its scheme is another than those three.
  case scheme
  /// Its host is neither a name of letters, digits, `-` and `.` nor an IP address.
  case host
  /// What stands behind the host and a colon is no port.
  case port
  /// What stands before the host, or an `@` behind it, could be read in two ways.
  case userInformation
  /// It has a fragment, which is never sent.
  case fragment
  /// It has a character that must be percent-encoded.
  case character
}

extension AddressError: CustomStringConvertible {
  /// What is wrong and what to write, as the end of a sentence about the address.
  package var description: String {
    switch self {
    case .form: "it must begin with 'http://', 'https://' or 'file://'"
    case .scheme: "its scheme must be http, https or file"
    case .host: "its host must be a name of letters, digits, '-' and '.', or an IP address"
    case .port:
      "its port must be a number from 1 to 65535; a ':', '/', '?' or '#' in a password is percent-encoded"
    case .userInformation:
      "it has an '@' or a password that could be read in two ways: percent-encode '@', ':', '/', '?' and '#' in it"
    case .fragment: "it has a '#': percent-encode it as %23, or leave it out"
    case .character: "it has a character that must be percent-encoded"
    }
  }
}
