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
    let token = try token()
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

  private func token() throws(Reason) -> String {
    let name = SigV4.hexadecimal(Insecure.SHA1.hash(data: Array(cacheKey.utf8)))
    let path = "\(surroundings.home)/.aws/sso/cache/\(name).json"
    guard FileManager.default.fileExists(atPath: path) else { throw .signInNeeded(profile: profile) }
    let text = try SharedFiles.text(of: path)
    guard let json = try? JSONValue(parsing: text), let token = json["accessToken"]?.stringValue,
      let expiry = json["expiresAt"]?.stringValue.flatMap(Timestamps.seconds), expiry > surroundings.now()
    else { throw .signInNeeded(profile: profile) }
    return token
  }
}
