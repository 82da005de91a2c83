import Foundation
import DynamoJournalHTTP

/// What the search for credentials reaches of the world outside: all of it is here, so that a test owns it.
package struct CredentialsSurroundings: Sendable {
  /// The environment's variables; an empty one counts as not set, as in AWS's SDKs.
  package var environment: [String: String]
  /// The user's home folder, where `.aws` is.
  package var home: String
  /// For calls of STS, single sign-on, containers and instance metadata.
  package var http: HTTPClient
  /// Where these services are.
  package var endpoints: CredentialsEndpoints
  /// Seconds since 1970.
  package var now: @Sendable () -> Int64
  /// Waits between two attempts of a call.
  package var sleep: @Sendable (Duration) async throws -> Void
  /// Ends these waits, and programs that are waited for.
  package var interruption: Interruption?
  /// How long a `credential_process` may take, in seconds.
  package var processSeconds: Int
  /// How long a container's agent or an instance's metadata service may take: they are near, or not there.
  package var metadataTimeout: Duration

  /// The process's own surroundings.
  package init(
    http: HTTPClient, environment: [String: String] = ProcessInfo.processInfo.environment,
    home: String? = nil, endpoints: CredentialsEndpoints? = nil, processSeconds: Int = 60,
    metadataTimeout: Duration = .seconds(1),
    now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) },
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    interruption: Interruption? = nil
  ) {
    self.http = http
    self.environment = environment
    self.home = home ?? environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    self.endpoints = endpoints ?? CredentialsEndpoints(environment: environment)
    self.processSeconds = processSeconds
    self.metadataTimeout = metadataTimeout
    self.now = now
    if let interruption {
      self.sleep = { time in try await interruption.sleep(time, by: sleep) }
    } else {
      self.sleep = sleep
    }
    self.interruption = interruption
  }

  /// A variable that is set and not empty.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A path from a variable, or the given one.
  func path(from name: String, else other: String) -> String { expanded(variable(name) ?? other) }

  /// A path whose leading `~/` is the home folder.
  func expanded(_ path: String) -> String { path.hasPrefix("~/") ? home + path.dropFirst(1) : path }
}

extension CredentialsSurroundings: CustomStringConvertible, CustomReflectable {
  /// Without the environment: it may hold keys.
  package var description: String { "CredentialsSurroundings(…)" }
  /// Nothing.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Where the services are that hand out credentials: URLs without a slash at their end.
package struct CredentialsEndpoints: Sendable {
  /// The Security Token Service; nil for the region's.
  package var sts: String?
  /// The portal of single sign-on; nil for the region's.
  package var singleSignOn: String?
  /// Where tokens of single sign-on are renewed; nil for the region's.
  package var singleSignOnTokens: String?
  /// The host of the container agent, for relative URIs.
  package var container = "http://169.254.170.2"
  /// The metadata service of an instance.
  package var instanceMetadata = "http://169.254.169.254"

  /// AWS's own, or those of `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL_SSO`, `AWS_ENDPOINT_URL_SSO_OIDC`,
  /// `AWS_ENDPOINT_URL` and `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
  package init(environment: [String: String] = [:]) {
    let url = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : Self.withoutSlash($0) } }
    let isIgnored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() == "true"
    let service = { (name: String) in
      isIgnored ? nil : url("AWS_ENDPOINT_URL_\(name)") ?? url("AWS_ENDPOINT_URL")
    }
    sts = service("STS")
    singleSignOn = service("SSO")
    singleSignOnTokens = service("SSO_OIDC")
    if let given = url("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
      instanceMetadata = given
    } else if environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6" {
      instanceMetadata = "http://[fd00:ec2::254]"
    }
  }

  private static func withoutSlash(_ url: String) -> String {
    String(url.reversed().drop { $0 == "/" }.reversed())
  }

  /// The domain of a region's services by both versions of IP.
  static func dualStackDomain(of region: String) -> String {
    region.hasPrefix("cn-") ? "api.amazonwebservices.com.cn" : "api.aws"
  }

  /// The domain of a region's services: China has its own.
  static func domain(of region: String) -> String {
    region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
  }
}
