/// How an account is addressed on chain: `0x` and 20 bytes as hexadecimal digits, in whatever case.
///
/// Source: https://ethereum.org/en/developers/docs/accounts/#account-creation
enum EthereumAddress {
  static func isOne(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 42, bytes.starts(with: Array("0x".utf8)) else { return false }
    return bytes.dropFirst(2).allSatisfy(isHexDigit)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
