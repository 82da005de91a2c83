import Crypto
import Foundation

/// AWS Signature Version 4 in the `Authorization` header.
///
/// A pure function of its arguments, the date among them (a cache of derived keys only saves time). The rule is
/// "Create a signed AWS API request" in AWS's IAM guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
enum SigV4 {
  /// One header field to send.
  typealias Header = (name: String, value: String)

  private static let algorithm = "AWS4-HMAC-SHA256"
  /// What the signature itself brings; a request that is signed anew loses the old ones.
  private static let own: Set<String> = ["authorization", "x-amz-date", "x-amz-security-token"]

  /// The headers to send: those given, then `X-Amz-Date`, `X-Amz-Security-Token` when there is a token, and
  /// `Authorization`.
  ///
  /// - Parameters:
  ///   - method: in capitals, as it is sent.
  ///   - path: as it is sent, percent-encoded where the URL is; empty means `/`.
  ///   - query: as it is sent, without `?`.
  ///   - headers: `Host` must be among them, with the port when the URL has one. All are signed but those that
  ///     proxies are known to change (``CanonicalRequest/unsigned``).
  ///   - body: as it is sent, before any compression by the transport.
  ///   - date: seconds since 1970 by the server's clock.
  static func signedHeaders(
    method: String, path: String, query: String = "", headers: [Header], body: [UInt8],
    credentials: AWSCredentials, region: String, service: String, at date: Int64
  ) -> [Header] {
    let time = SigningTime(date)
    var sent = headers.filter { !own.contains($0.name.lowercased()) }
    sent.append(("X-Amz-Date", time.text))
    if let token = credentials.sessionToken { sent.append(("X-Amz-Security-Token", token)) }
    let request = CanonicalRequest(method: method, path: path, query: query, headers: sent, body: body)
    let scope = "\(time.day)/\(region)/\(service)/aws4_request"
    let key = SigningKeys.shared.key(
      secret: credentials.secretAccessKey, day: time.day, region: region, service: service)
    let toSign = "\(algorithm)\n\(time.text)\n\(scope)\n" + hexadecimal(SHA256.hash(data: request.bytes))
    let signature = HMAC<SHA256>.authenticationCode(for: Array(toSign.utf8), using: key)
    sent.append(
      (
        "Authorization",
        "\(algorithm) Credential=\(credentials.accessKeyID)/\(scope), "
          + "SignedHeaders=\(request.signedNames), Signature=\(hexadecimal(signature))"
      ))
    return sent
  }

  /// Lower-case hexadecimal digits.
  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(64)
    for byte in bytes {
      digits.append(lowerDigits[Int(byte >> 4)])
      digits.append(lowerDigits[Int(byte & 15)])
    }
    return String(decoding: digits, as: UTF8.self)
  }

  private static let lowerDigits = Array("0123456789abcdef".utf8)
}
