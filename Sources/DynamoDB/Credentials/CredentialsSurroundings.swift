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
    self.endpoints = endpoints ?? CredentialsEndpoints()
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

  /// What settings are read from.
  var settings: SettingsPlace { SettingsPlace(environment: environment, home: home) }

  /// A variable that is set and not empty.
  func variable(_ name: String) -> String? { settings.variable(name) }

  /// A path whose leading `~/` is the home folder.
  func expanded(_ path: String) -> String { settings.expanded(path) }
}

/// Where AWS's settings are: the environment, and files of the home folder.
package struct SettingsPlace: Sendable {
  /// The variables; an empty one counts as not set.
  private let environment: [String: String]
  private let home: String

  /// A place.
  package init(environment: [String: String], home: String) {
    self.environment = environment
    self.home = home
  }

  /// A variable that is set and not empty.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The profile that the environment names, or `default`.
  var profileName: String { variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE") ?? "default" }

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
