import Foundation
import TestSupport
import Testing

@testable import DynamoJournalClient

@Suite("Where AWS's settings lead") struct AWSSettingsTests {
  private static let config = """
    [default]
    services = mine
    endpoint_url = https://all.example
    [services mine]
    dynamodb =
      endpoint_url = https://tables.example/
    sts =
      endpoint_url = https://tokens.example
    sso =
      endpoint_url = https://portal.example//
    sso_oidc =
      endpoint_url = https://oidc.example
    [profile all]
    endpoint_url = https://all.example
    [profile off]
    endpoint_url = https://all.example
    ignore_configured_endpoint_urls = true
    [profile clear]
    endpoint_url = http://clear.example
    [profile fips]
    endpoint_url = https://all.example
    use_fips_endpoint = true
    """

  private func withSettings(
    _ config: String = config,
    _ body: ((_ environment: [String: String], _ profile: String?) throws -> AWSServiceSettings) async throws
      -> Void
  ) async throws {
    try await withTemporaryFolder { home in
      try FileManager.default.createDirectory(atPath: home + "/.aws", withIntermediateDirectories: true)
      try Data(config.utf8).write(to: URL(fileURLWithPath: home + "/.aws/config"))
      try await body { environment, profile in
        try AWSServiceSettings(profile: profile, SettingsPlace(environment: environment, home: home))
      }
    }
  }

  private func urls(_ settings: AWSServiceSettings) throws -> [String] {
    let endpoints = try settings.credentialsEndpoints()
    return try CredentialsEndpoints.Service.allCases.map { try endpoints.url(of: $0, in: "eu-west-2") }
  }

  @Test("the variable of a service, that of all, the services of the profile, the profile: in this order")
  func order() async throws {
    try await withSettings { settings in
      let own = [
        "https://sts.eu-west-2.amazonaws.com", "https://portal.sso.eu-west-2.amazonaws.com",
        "https://oidc.eu-west-2.amazonaws.com",
      ]
      let services = ["https://tokens.example", "https://portal.example", "https://oidc.example"]
      let ignoring = ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE"]
      let all = ["AWS_ENDPOINT_URL": "https://env.example"]
      let one = all.merging(["AWS_ENDPOINT_URL_SSO_OIDC": "https://one.example/"]) { $1 }
      let (profiles, variables) = ("https://all.example", "https://env.example")
      let cases: [([String: String], String?, [String])] = [
        ([:], nil, services), ([:], "all", [profiles, profiles, profiles]), ([:], "off", own),
        ([:], "absent", own), (ignoring, nil, own), (all, nil, [variables, variables, variables]),
        (one, nil, [variables, variables, "https://one.example"]),
      ]
      for (environment, profile, expected) in cases {
        let found = try urls(settings(environment, profile))
        #expect(found == expected, "\(environment) \(profile ?? "")")
      }
    }
  }

  @Test("DynamoDB elsewhere has to be named as the target; the refusal shows by what and where")
  func tablesElsewhere() async throws {
    try await withSettings { settings in
      let cases: [([String: String], String?, [String])] = [
        ([:], nil, ["endpoint_url of the profile's services", "https://tables.example"]),
        ([:], "all", ["endpoint_url of the profile", "https://all.example"]),
        (["AWS_ENDPOINT_URL": "https://u:PW@h/p?k=PW"], nil, ["AWS_ENDPOINT_URL leads", "https://h ["]),
        (["AWS_ENDPOINT_URL_DYNAMODB": "http:/u:PW@h"], "off", []),
      ]
      for (environment, profile, words) in cases {
        let read = try settings(environment, profile)
        guard !words.isEmpty else {
          #expect(try read.dynamoDB(region: "eu-west-2").host == "dynamodb.eu-west-2.amazonaws.com")
          continue
        }
        let error = #expect(throws: EndpointError.self) { try read.dynamoDB(region: "eu-west-2") }
        let said = error.map { "\($0)" } ?? ""
        #expect(words.allSatisfy(said.contains) && !said.contains("PW"), "\(said)")
      }
    }
  }

  @Test("an address in the clear, or beside FIPS, is refused by the setting's name when it would be used")
  func refusedLate() async throws {
    try await withSettings { settings in
      for (profile, needed) in [
        ("clear", "an https URL, or a loopback address"), ("fips", "use_fips_endpoint to be switched off"),
      ] {
        let endpoints = try settings([:], profile).credentialsEndpoints()
        for service in CredentialsEndpoints.Service.allCases {
          #expect(throws: CredentialsError.Reason.badValue("endpoint_url of the profile", needed: needed)) {
            try endpoints.url(of: service, in: "eu-west-2")
          }
        }
        let read = try settings([:], profile)
        #expect(throws: EndpointError.self) { try read.tokenService(region: "eu-west-2") }
      }
    }
  }

  @Test("a switch that is neither on nor off is refused, and which one is told")
  func switches() async throws {
    try await withSettings("[default]\nuse_dualstack_endpoint = 1\n") { settings in
      let cases: [([String: String], String)] = [
        ([:], "use_dualstack_endpoint of the profile is neither"),
        (
          ["AWS_USE_DUALSTACK_ENDPOINT": "false", "AWS_USE_FIPS_ENDPOINT": "yes"],
          "AWS_USE_FIPS_ENDPOINT is neither"
        ),
      ]
      for (environment, words) in cases {
        let read = try settings(environment, nil)
        let asks: [(AWSServiceSettings) throws -> Void] = [
          { _ = try $0.dynamoDB(region: "eu-west-2") }, { _ = try $0.tokenService(region: "eu-west-2") },
          { _ = try $0.credentialsEndpoints() },
        ]
        for ask in asks {
          let error = #expect(throws: EndpointError.self) { try ask(read) }
          #expect(error.map { "\($0)" }?.hasPrefix(words) == true, "\(error as Any)")
        }
      }
    }
  }

  @Test(
    "host names of FIPS and of both versions of IP",
    arguments: [
      ("eu-west-2", "dynamodb.eu-west-2.amazonaws.com", "-fips.eu-west-2.amazonaws.com", "api.aws"),
      ("us-gov-west-1", "dynamodb.us-gov-west-1.amazonaws.com", ".us-gov-west-1.amazonaws.com", "api.aws"),
      (
        "cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn", "-fips.cn-north-1.amazonaws.com.cn",
        "api.amazonwebservices.com.cn"
      ),
      (
        "eusc-de-east-1", "dynamodb.eusc-de-east-1.amazonaws.eu", "-fips.eusc-de-east-1.amazonaws.eu",
        "api.amazonwebservices.eu"
      ),
      ("us-isob-east-1", "dynamodb.us-isob-east-1.sc2s.sgov.gov", "-fips.us-isob-east-1.sc2s.sgov.gov", ""),
    ])
  func hosts(_ region: String, _ usual: String, _ fips: String, _ dual: String) throws {
    #expect(try ServiceEndpoint.aws(region: region).host == usual)
    for service in ["dynamodb", "sts"] {
      let validated = try ServiceEndpoint.aws(region: region, service: service, style: .init(isFIPS: true))
      #expect(validated.host == service + fips && validated.isAmazons)
    }
    let both = HostStyle(isFIPS: true, isDualStack: true)
    guard !dual.isEmpty else {
      #expect(throws: EndpointError.noDualStack(region: region)) {
        try ServiceEndpoint.aws(region: region, style: both)
      }
      return
    }
    #expect(
      try ServiceEndpoint.aws(region: region, style: .init(isDualStack: true)).host
        == "dynamodb.\(region).\(dual)")
    #expect(try ServiceEndpoint.aws(region: region, style: both).host == "dynamodb-fips.\(region).\(dual)")
    #expect(both.host(of: "portal.sso", in: region) == "portal.sso-fips.\(region).\(dual)")
  }
}
