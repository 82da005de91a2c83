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
    if let given = surroundings.endpoints.singleSignOn, !ServiceAddress.isPrivate(given) {
      throw .badValue("AWS_ENDPOINT_URL_SSO", needed: "an https URL, or a loopback address")
    }
    let token = try await token()
    let host = "https://portal.sso.\(region).\(CredentialsEndpoints.domain(of: region))"
    let query =
      "role_name=\(CanonicalRequest.encoded(roleName.utf8))"
      + "&account_id=\(CanonicalRequest.encoded(accountID.utf8))"
    let url = "\(surroundings.endpoints.singleSignOn ?? host)/federation/credentials?\(query)"
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
    let base =
      surroundings.endpoints.singleSignOnTokens
      ?? "https://oidc.\(region).\(CredentialsEndpoints.domain(of: region))"
    guard ServiceAddress.isPrivate(base) else {
      throw .badValue("AWS_ENDPOINT_URL_SSO_OIDC", needed: "an https URL, or a loopback address")
    }
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
    guard let token = reply["accessToken"]?.stringValue, let seconds = reply["expiresIn"]?.integerValue else {
      throw .service("the sign-on service", .unreadableReply(field: "accessToken"))
    }
    keep(
      cache, token, until: surroundings.now() + Int64(seconds), refresh: reply["refreshToken"]?.stringValue)
    return token
  }

  /// Puts the new token where AWS's tools look for it, since the old refresh token may be of no use any more.
  ///
  /// A folder that can't be written costs a sign-in later on, and nothing now.
  private func keep(_ cache: JSONValue, _ token: String, until expiry: Int64, refresh: String?) {
    let date = Date(timeIntervalSince1970: TimeInterval(expiry)).formatted(.iso8601)
    let changed: [String: String?] = ["accessToken": token, "expiresAt": date, "refreshToken": refresh]
    let members = (cache.objectValue ?? []).map { member in
      changed[member.name].flatMap(\.self).map { .init(name: member.name, value: .string($0)) } ?? member
    }
    let draft = cachePath + ".new-\(UInt32.random(in: .min ... .max))"
    let isMade = FileManager.default.createFile(
      atPath: draft, contents: Data(JSONValue.object(members).bytes()), attributes: [.posixPermissions: 0o600]
    )
    guard isMade else { return }
    if rename(draft, cachePath) != 0 { unlink(draft) }
  }
}
