import Crypto
import Foundation
import DynamoJournalHTTP
import DynamoJournalJSON

/// Credentials of IAM Identity Center, with the token that `aws sso login` left behind
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html).
struct SingleSignOn {
  typealias Reason = CredentialsError.Reason

  let surroundings: CredentialsSurroundings
  let profile: String
  let accountID: String
  let roleName: String
  let region: String
  /// The session's name, or the start URL in profiles of the older kind: the cache's file is named by its SHA-1.
  let cacheKey: String

  /// GetRoleCredentials of the portal.
  func credentials() async throws(Reason) -> AWSCredentials {
    let base = try surroundings.endpoints.url(of: .singleSignOn, in: region)
    let token = try await token()
    let query =
      "role_name=\(CanonicalRequest.encoded(roleName.utf8))"
      + "&account_id=\(CanonicalRequest.encoded(accountID.utf8))"
    let url = "\(base)/federation/credentials?\(query)"
    let headers = [(name: "x-amz-sso_bearer_token", value: token)]
    let service = "the sign-on portal"
    do throws(Reason) {
      let reply = try await ServiceCall(service: service, surroundings: surroundings).json {
        HTTPRequest("GET", url, headers: headers, totalTimeout: .seconds(20))
      }
      let complain = { (field: String) in Reason.service(service, .unreadableReply(field: field)) }
      guard let json = reply["roleCredentials"] else { throw complain("roleCredentials") }
      return try CredentialsReply.credentials(json, names: .singleSignOn, complain: complain)
    } catch {
      if case .service(_, .refused(status: 401, _)) = error { throw .signInNeeded(profile: profile) }
      throw error
    }
  }

  // MARK: The token

  private func token() async throws(Reason) -> String {
    let path = cachePath
    guard FileManager.default.fileExists(atPath: path) else { throw .signInNeeded(profile: profile) }
    let text = try SharedFiles.text(of: path)
    guard let json = try? JSONValue(parsing: text), let token = json["accessToken"]?.stringValue else {
      throw .signInNeeded(profile: profile)
    }
    if isValid(json["expiresAt"]) { return token }
    return try await renewed(json)
  }

  private var cachePath: String {
    let name = SigV4.hexadecimal(Insecure.SHA1.hash(data: Array(cacheKey.utf8)))
    return "\(surroundings.home)/.aws/sso/cache/\(name).json"
  }

  private func isValid(_ expiry: JSONValue?) -> Bool {
    expiry?.stringValue.flatMap(Timestamps.seconds).map { $0 > surroundings.now() } ?? false
  }

  /// A new token for the refresh token that a session's sign-in left behind (CreateToken of IAM Identity Center's OIDC API,
  /// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html).
  private func renewed(_ cache: JSONValue) async throws(Reason) -> String {
    guard let refresh = cache["refreshToken"]?.stringValue, let id = cache["clientId"]?.stringValue,
      let secret = cache["clientSecret"]?.stringValue, isValid(cache["registrationExpiresAt"])
    else { throw .signInNeeded(profile: profile) }
    let base = try surroundings.endpoints.url(of: .singleSignOnTokens, in: region)
    let body: JSONValue = [
      "clientId": .string(id), "clientSecret": .string(secret), "grantType": "refresh_token",
      "refreshToken": .string(refresh),
    ]
    let reply: JSONValue
    do throws(Reason) {
      reply = try await ServiceCall(service: "the sign-on service", surroundings: surroundings).json {
        HTTPRequest(
          "POST", base + "/token", headers: [("Content-Type", "application/json")], body: body.bytes(),
          totalTimeout: .seconds(20))
      }
    } catch {
      if case .service(_, .refused(let status, _)) = error, (400..<500).contains(status) {
        throw .signInNeeded(profile: profile)
      }
      throw error
    }
    let complain = { (field: String) in Reason.service("the sign-on service", .unreadableReply(field: field))
    }
    guard let token = reply["accessToken"]?.stringValue, !token.isEmpty else { throw complain("accessToken") }
    guard let seconds = reply["expiresIn"]?.integerValue, Self.lifetimes.contains(seconds) else {
      throw complain("expiresIn")
    }
    keep(
      cache, token, until: surroundings.now() + seconds, refresh: reply["refreshToken"]?.stringValue)
    return token
  }

  /// Seconds that a token can be valid: sessions last 90 days at most
  /// (https://docs.aws.amazon.com/singlesignon/latest/userguide/configure-user-session.html).
  private static let lifetimes = 1...Int64(90 * 86_400)

  /// Puts the new token where AWS's tools look for it, since the old refresh token may be of no use any more.
  ///
  /// A folder that can't be written costs a sign-in later on, and nothing now.
  private func keep(_ cache: JSONValue, _ token: String, until expiry: Int64, refresh: String?) {
    let date = Date(timeIntervalSince1970: TimeInterval(expiry)).formatted(.iso8601)
    let changed: [String: String?] = ["accessToken": token, "expiresAt": date, "refreshToken": refresh]
    let kept = (cache.objectValue ?? []).filter { changed[$0.name].flatMap(\.self) == nil }
    let members =
      kept
      + changed.sorted { $0.key < $1.key }.compactMap { name, value in
        value.map { .init(name: name, value: .string($0)) }
      }
    let draft = cachePath + ".new-\(UInt32.random(in: .min ... .max))"
    let isMade = FileManager.default.createFile(
      atPath: draft, contents: Data(JSONValue.object(members).bytes()), attributes: [.posixPermissions: 0o600]
    )
    guard isMade else { return }
    if rename(draft, cachePath) != 0 { unlink(draft) }
  }
}
