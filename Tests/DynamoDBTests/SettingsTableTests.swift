import Foundation
import DynamoJournalHTTP
import Testing

@testable import DynamoJournalClient

/// A name, and what sets it: by itself, with what it needs beside it.
private struct SettingSample: Sendable {
  enum Fate: String {
    case followed, refused
    case unread = "not read"
  }
  let name: String
  let fate: Fate
  let value: String
  /// Lines of the profile and variables that are there with and without it.
  var profile = ""
  var environment: [String: String] = [:]
  /// Whether it takes credentials to see what becomes of it.
  var asks = false

  var isVariable: Bool { name == name.uppercased() }
}

/// Goes through the table of docs/operating.md: each name that AWS's SDKs read stands there, and what it says is so.
@Suite("The table of AWS's variables") struct SettingsTableTests {
  private static let role = "role_arn = arn:aws:iam::1:role/r"
  private static let keyed = "\(role)\nsource_profile = keys"
  private static let signOn =
    "sso_session = s\nsso_account_id = 1\nsso_role_name = r\nsso_region = eu-west-1\nsso_start_url = s"
  private static let web = ["AWS_WEB_IDENTITY_TOKEN_FILE": "~/token", "AWS_ROLE_ARN": "r"]

  private static func followed(
    _ name: String, _ value: String, _ profile: String = "", _ environment: [String: String] = [:],
    asks: Bool = true
  ) -> SettingSample {
    SettingSample(
      name: name, fate: .followed, value: value, profile: profile, environment: environment, asks: asks)
  }

  private static let credentials: [SettingSample] = [
    followed("AWS_ACCESS_KEY_ID", "A", "", ["AWS_SECRET_ACCESS_KEY": "s"]),
    followed("AWS_SECRET_ACCESS_KEY", "s", "", ["AWS_ACCESS_KEY_ID": "A"]),
    followed("AWS_SESSION_TOKEN", "t", "", ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"]),
    followed(
      "AWS_CREDENTIAL_EXPIRATION", "2026-11-23T07:00:00Z", "",
      ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"]),
    followed("aws_access_key_id", "A", "aws_secret_access_key = s"),
    followed("aws_secret_access_key", "s", "aws_access_key_id = A"),
    followed("aws_session_token", "t", "aws_access_key_id = A\naws_secret_access_key = s"),
    followed("AWS_PROFILE", "keys"), followed("AWS_DEFAULT_PROFILE", "keys"),
    followed("AWS_CONFIG_FILE", "~/other"), followed("AWS_SHARED_CREDENTIALS_FILE", "~/other"),
    followed("credential_process", "/bin/echo {}"), followed("role_arn", "r", "source_profile = keys"),
    followed("source_profile", "keys", role), followed("credential_source", "Ec2InstanceMetadata", role),
    followed("external_id", "e", keyed), followed("duration_seconds", "900", keyed),
    followed("role_session_name", "n", keyed), followed("web_identity_token_file", "~/token", role),
    followed("AWS_WEB_IDENTITY_TOKEN_FILE", "~/token", "", ["AWS_ROLE_ARN": "r"]),
    followed("AWS_ROLE_ARN", "r", "", ["AWS_WEB_IDENTITY_TOKEN_FILE": "~/token"]),
    followed("AWS_ROLE_SESSION_NAME", "n", "", web),
    followed("sso_session", "s", "sso_account_id = 1\nsso_role_name = r"),
    followed("sso_account_id", "2", signOn), followed("sso_role_name", "q", signOn),
    followed("sso_region", "eu-west-1", "sso_account_id = 1\nsso_role_name = r\nsso_start_url = s"),
    followed("sso_start_url", "s", "sso_account_id = 1\nsso_role_name = r\nsso_region = eu-west-1"),
    SettingSample(name: "mfa_serial", fate: .refused, value: "m", profile: keyed, asks: true),
    SettingSample(name: "login_session", fate: .refused, value: "l", asks: true),
    followed("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/relative"),
    followed("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/full"),
    followed(
      "AWS_CONTAINER_AUTHORIZATION_TOKEN", "t", "", ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"]),
    followed(
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "~/token", "",
      ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"]),
    followed("AWS_EC2_METADATA_DISABLED", "true"),
  ]

  private static let places: [SettingSample] = [
    followed("AWS_REGION", "us-east-2", asks: false),
    followed("AWS_DEFAULT_REGION", "us-east-2", asks: false),
    followed("region", "us-east-2", asks: false),
    followed("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://h", asks: false),
    followed("ec2_metadata_service_endpoint", "http://h", asks: false),
    followed("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6", asks: false),
    followed("ec2_metadata_service_endpoint_mode", "IPv6", asks: false),
    SettingSample(name: "AWS_ENDPOINT_URL_DYNAMODB", fate: .refused, value: "https://h"),
    followed("AWS_ENDPOINT_URL_STS", "https://h", asks: false),
    followed("AWS_ENDPOINT_URL_SSO", "https://h", asks: false),
    followed("AWS_ENDPOINT_URL_SSO_OIDC", "https://h", asks: false),
    followed("AWS_ENDPOINT_URL", "https://h", asks: false),
    followed("endpoint_url", "https://h", asks: false),
    followed("services", "mine", asks: false),
    followed(
      "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", "", ["AWS_ENDPOINT_URL": "https://h"], asks: false),
    followed(
      "ignore_configured_endpoint_urls", "true", "", ["AWS_ENDPOINT_URL": "https://h"], asks: false),
    followed("AWS_USE_FIPS_ENDPOINT", "true", asks: false),
    followed("use_fips_endpoint", "true", asks: false),
    followed("AWS_USE_DUALSTACK_ENDPOINT", "true", asks: false),
    followed("use_dualstack_endpoint", "true", asks: false),
    followed("AWS_CA_BUNDLE", "/b", asks: false), followed("ca_bundle", "~/b", asks: false),
    SettingSample(name: "AWS_ACCOUNT_ID_ENDPOINT_MODE", fate: .refused, value: "required"),
    SettingSample(name: "account_id_endpoint_mode", fate: .refused, value: "required"),
    SettingSample(name: "AWS_ENABLE_ENDPOINT_DISCOVERY", fate: .refused, value: "true"),
    SettingSample(name: "endpoint_discovery_enabled", fate: .refused, value: "true"),
    SettingSample(name: "AWS_STS_REGIONAL_ENDPOINTS", fate: .refused, value: "legacy"),
    SettingSample(name: "sts_regional_endpoints", fate: .refused, value: "legacy"),
  ]

  private static let unread: [SettingSample] = [
    "AWS_ACCOUNT_ID", "aws_account_id", "AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled",
    "AWS_RETRY_MODE", "retry_mode", "AWS_MAX_ATTEMPTS", "max_attempts",
    "AWS_REQUEST_CHECKSUM_CALCULATION", "request_checksum_calculation", "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "response_checksum_validation", "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
    "request_min_compression_size_bytes", "AWS_DISABLE_REQUEST_COMPRESSION", "disable_request_compression",
    "AWS_SDK_UA_APP_ID", "sdk_ua_app_id", "AWS_EXECUTION_ENV", "AWS_AUTH_SCHEME_PREFERENCE",
    "auth_scheme_preference", "AWS_SIGV4A_SIGNING_REGION_SET", "sigv4a_signing_region_set",
    "AWS_DEFAULTS_MODE", "defaults_mode", "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts", "AWS_DEFAULT_OUTPUT", "output",
    "AWS_PAGER", "cli_pager", "api_versions", "parameter_validation", "tcp_keepalive",
    "sso_registration_scopes",
    "AWS_SDK_LOAD_CONFIG", "AWS_LOGIN_CACHE_DIRECTORY",
  ].map { SettingSample(name: $0, fate: .unread, value: "60") }

  private static let samples: [SettingSample] = credentials + places + unread

  static let names: [String] = samples.map(\.name)

  // MARK: The page

  private struct Row {
    let names: [String]
    let says: String
  }

  private func rows() throws -> [Row] {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/operating.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "## AWS's variables\n").last?.components(
        separatedBy: "\n## "
      ).first)
    return section.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.contains("`") }.map { line in
      let cells = line.split(separator: "|").map(String.init)
      let quoted = cells[0].split(separator: "`", omittingEmptySubsequences: false).enumerated()
      return Row(
        names: quoted.filter { $0.offset % 2 == 1 }.map { String($0.element) },
        says: cells.dropFirst().joined())
    }
  }

  @Test("each name has one row, and each row's name is tried")
  func complete() throws {
    let proxies = ["http_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
    let named = try rows().flatMap(\.names).filter { !proxies.contains($0) }
    let tried = Self.samples.map(\.name)
    #expect(Set(named) == Set(tried), "\(Set(named).symmetricDifference(tried).sorted())")
    #expect(named.count == Set(named).count, "a name has two rows")
  }

  @Test("what a row says is so", arguments: names)
  func isSo(_ name: String) async throws {
    let sample = try #require(Self.samples.first { $0.name == name })
    let row = try #require(try rows().first { $0.names.contains(name) })
    #expect(row.says.contains(sample.fate.rawValue), "\(name): \(row.says)")
    let without = try await observed(sample, isSet: false)
    let with = try await observed(sample, isSet: true)
    switch sample.fate {
    case .unread: #expect(with == without)
    case .followed: #expect(with != without)
    case .refused: #expect(with.contains(name) && !without.contains(name), "\(with)")
    }
  }

  // MARK: What becomes of a setting

  /// Where everything goes, and what is asked for credentials: as text, to be compared.
  private func observed(_ sample: SettingSample, isSet: Bool) async throws -> String {
    var seen = ""
    try await withCredentialsWorld({ Self.answer($0) }) { world in
      var environment = sample.environment
      var profile = sample.profile
      if isSet, sample.isVariable { environment[sample.name] = sample.value }
      if isSet, !sample.isVariable { profile += "\n\(sample.name) = \(sample.value)" }
      try write(profile, world)
      seen = try await places(world.surroundings(environment))
      if sample.asks { seen += try await asked(world, environment) }
      for secret in [world.url, world.home] { seen = seen.replacingOccurrences(of: secret, with: "…") }
    }
    return seen
  }

  private func write(_ profile: String, _ world: CredentialsWorld) throws {
    let others =
      "[profile keys]\naws_access_key_id = k\naws_secret_access_key = s\n[sso-session s]\nsso_region = eu-west-1\nsso_start_url = s\n"
      + "[services mine]\nsts =\n  endpoint_url = https://mine.example\n"
    try world.write(".aws/config", "[default]\n\(profile)\n\(others)")
    try world.write("other", "[default]\naws_access_key_id = o\naws_secret_access_key = s\n")
    try world.write("token", "t")
    // The SHA-1 of `s`.
    try world.write(
      ".aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json",
      #"{"accessToken":"a","expiresAt":"2026-11-23T09:00:00Z"}"#)
  }

  private func places(_ surroundings: CredentialsSurroundings) async throws -> String {
    func said(_ what: () throws -> String) -> String { do { return try what() } catch { return "\(error)" } }
    let settings = try AWSServiceSettings(profile: nil, surroundings.settings)
    var lines = [
      said { try settings.dynamoDB(region: "eu-west-2").url },
      said { try settings.tokenService(region: "eu-west-2").url },
      said { try settings.credentialsEndpoints().instanceMetadata },
      said { try AWSRegion.resolve(option: nil, profile: nil, surroundings: surroundings) ?? "none" },
      settings.certificateAuthorities ?? "none",
    ]
    for service in CredentialsEndpoints.Service.allCases {
      lines.append(said { try settings.credentialsEndpoints().url(of: service, in: "eu-west-2") })
    }
    return lines.joined(separator: "\n")
  }

  private func asked(_ world: CredentialsWorld, _ environment: [String: String]) async throws -> String {
    let source = world.source(environment, region: "eu-west-2")
    let found: String
    do {
      let credentials = try await source.credentials()
      let place = await source.foundIn
      found = "\(credentials.accessKeyID) \(credentials.sessionToken ?? "") \(place.map { "\($0)" } ?? "")"
    } catch { found = "\(error)" }
    let requests = await world.log.seen.map { request in
      let form = request.form.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      return "\(request.method) \(request.path) \(request.query.sorted { $0.key < $1.key }) \(form) "
        + (request.headers["authorization"].map { $0.hasPrefix("AWS4") ? "signed" : $0 } ?? "")
    }
    return ([found] + requests).joined(separator: "\n")
  }

  private static func answer(_ seen: CredentialsWorld.Seen) -> CredentialsWorld.Answer {
    if let action = seen.form["Action"] { return .init(body: Replies.sts(action: action)) }
    if seen.path.hasPrefix("/federation") {
      return .init(
        body: #"{"roleCredentials":{"accessKeyId":"sso","secretAccessKey":"s","sessionToken":"t"}}"#)
    }
    if seen.path.hasPrefix("/latest") { return Replies.instance(seen) }
    return .init(body: Replies.metadata(id: "container"))
  }
}
