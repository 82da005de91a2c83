import DynamoJournalProgram

/// Why there are no credentials: each source in the order tried, and why it was passed over or what failed in it.
///
/// It holds names of variables, profiles, files and hosts, never a secret, a token or a file's content.
package struct CredentialsError: Error, Hashable, Sendable {
  /// One place where credentials may be.
  package enum Source: Hashable, Sendable {
    /// The keys that the caller gave.
    case explicit
    /// The environment's variables.
    case environment
    /// A token file and a role in the environment's variables.
    case webIdentity
    /// A profile of the shared files.
    case profile(String)
    /// The endpoint of a container (ECS, EKS).
    case container
    /// The metadata service of an instance (EC2).
    case instanceMetadata
  }

  /// A source and why it gave nothing.
  package struct Attempt: Hashable, Sendable {
    /// The source.
    package let source: Source
    /// What was missing or wrong.
    package let reason: Reason

    /// An attempt.
    package init(_ source: Source, _ reason: Reason) {
      self.source = source
      self.reason = reason
    }
  }

  /// The sources in the order tried.
  package let attempts: [Attempt]
  /// Whether the last attempt is a source that is set up and failed: then none behind it was tried, lest other
  /// credentials than those meant are used.
  package let stoppedAtFailure: Bool

  /// An error.
  package init(_ attempts: [Attempt], stoppedAtFailure: Bool) {
    self.attempts = attempts
    self.stoppedAtFailure = stoppedAtFailure
  }
}

extension CredentialsError {
  /// What was missing or wrong in a source.
  package enum Reason: Hashable, Sendable, Error {
    /// A variable is not set.
    case notSet(String)
    /// One of two variables that belong together is not set.
    case onlyOneSet(String, missing: String)
    /// A profile that was asked for by name is in neither file.
    case noSuchProfile
    /// The profile of that name has no setting that leads to credentials, or is in neither file.
    case nothingInProfile(String)
    /// The profile of that name lacks a setting that another one needs.
    case missingSetting(String, profile: String)
    /// The profile of that name has two settings that exclude each other.
    case twoSettings(String, String, profile: String)
    /// The profile of that name has a setting, or a value of one, that is not supported.
    case unsupported(String, profile: String)
    /// `source_profile` leads back to a profile that was there before.
    case loop([String])
    /// A profile or session that another one names does not exist.
    case danglingReference(String, profile: String)
    /// A file can't be read.
    case unreadableFile(String)
    /// A file has a line that is neither a section nor a setting.
    case malformedFile(String, line: Int)
    /// The token of a single sign-on is not there or no longer valid.
    case signInNeeded(profile: String)
    /// What `credential_process` did.
    case process(ProcessReason)
    /// What a service, by its name, did.
    case service(String, ServiceReason)
    /// A variable has a value that can't be used.
    case badValue(String, needed: String)
    /// The source is switched off by a variable.
    case switchedOff(String)
    /// The credentials that the source gave had expired.
    case expired
    /// The server refused the credentials, and the source has no others.
    case refusedByServer
    /// Somebody asked to stop while they were waited for.
    case stopped
  }

  /// What a `credential_process` did.
  package enum ProcessReason: Hashable, Sendable {
    /// It can't be started.
    case notStarted
    /// It ended with that status, or by that signal when it is below zero; and the last line that it said.
    case failed(Int32, saying: String? = nil)
    /// It had not ended after so many seconds.
    case timedOut(seconds: Int)
  }

  /// What a service did.
  package enum ServiceReason: Hashable, Sendable {
    /// It refused with a status and its code.
    case refused(status: Int, code: String?)
    /// It can't be reached; the words of `HTTPError`.
    case unreachable(String)
    /// Its reply is not what its documentation says; the field that is missing or wrong, if it is one.
    case unreadableReply(field: String?)
  }
}

// MARK: Words

extension CredentialsError: ExplainedError {
  package var errorClass: ErrorClass { .validation }

  /// The sources in the order tried.
  package var explanation: Explanation {
    guard stoppedAtFailure, let failed = attempts.last else {
      return Explanation(
        "no AWS credentials: \(Self.list(attempts))",
        "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`")
    }
    let before = attempts.dropLast()
    let passedOver = before.isEmpty ? "" : " (passed over before: \(Self.list(before)))"
    return Explanation("AWS credentials can't be had from \(failed)\(passedOver)")
  }

  private static func list(_ attempts: some Sequence<Attempt>) -> String {
    attempts.map(\.description).joined(separator: "; ")
  }
}

extension CredentialsError.Attempt: CustomStringConvertible {
  /// The source and its reason.
  package var description: String { "\(source): \(reason)" }
}

extension CredentialsError.Source: CustomStringConvertible {
  /// The source's name in a sentence.
  package var description: String {
    switch self {
    case .explicit: "the given keys"
    case .environment: "the environment"
    case .webIdentity: "web identity"
    case .profile(let name): "profile '\(name)'"
    case .container: "the container endpoint"
    case .instanceMetadata: "instance metadata"
    }
  }
}

extension CredentialsError.Reason: CustomStringConvertible {
  /// A clause that says what is wrong, and what to do where that is not plain.
  package var description: String {
    switch self {
    case .notSet(let name): "\(name) is not set"
    case .onlyOneSet(let name, let missing): "\(name) is set but \(missing) is not: set both or neither"
    case .noSuchProfile: "there is no such profile: check its name with `aws configure list-profiles`"
    case .nothingInProfile(let name): "'\(name)' holds no credentials"
    case .missingSetting(let name, let profile): "'\(profile)' lacks the setting \(name): add it"
    case .twoSettings(let one, let other, let profile):
      "'\(profile)' has both \(one) and \(other): remove one of them"
    case .unsupported(let setting, let profile):
      "\(setting) of '\(profile)' is not supported: export credentials with "
        + "`aws configure export-credentials --profile \(profile) --format env`"
    case .loop(let profiles):
      "source_profile goes in a circle (\(profiles.joined(separator: " → "))): break it"
    case .danglingReference(let setting, let profile):
      "\(setting) of '\(profile)' names what does not exist: correct it"
    case .unreadableFile(let path): "'\(path)' can't be read: check that it exists and its permissions"
    case .malformedFile(let path, let line):
      "line \(line) of '\(path)' is neither a section nor a setting: correct it"
    case .signInNeeded(let profile):
      "you are not signed in, or no longer: run `aws sso login --profile \(profile)`"
    case .process(let reason): "its credential_process \(reason)"
    case .service(let name, let reason): "\(name) \(reason)"
    case .badValue(let name, let needed): "\(name) can't be used: it needs \(needed)"
    case .switchedOff(let name): "\(name) switches it off"
    case .expired: "what it gave had expired already: check the clock, or renew them"
    case .stopped: "stopped while they were waited for"
    case .refusedByServer: "the server refused its credentials, and it has no others: renew them"
    }
  }
}

extension CredentialsError.ProcessReason: CustomStringConvertible {
  /// A predicate and what to do.
  package var description: String {
    switch self {
    case .notStarted: "can't be started: check the path of the program"
    case .failed(let status, let words?):
      "ended with \(status) and said '\(words)': run it by hand to see more"
    case .failed(let status, nil): "ended with \(status): run it by hand to see why"
    case .timedOut(let seconds): "had not ended after \(seconds) s: run it by hand to see why"
    }
  }
}

extension CredentialsError.ServiceReason: CustomStringConvertible {
  /// A predicate and, where it is not plain, what to do.
  package var description: String {
    switch self {
    case .refused(let status, let code):
      "answered \(status)\(code.map { " \($0)" } ?? ""): check the keys, the role and their permissions"
    case .unreachable(let why): "did not answer: \(why)"
    case .unreadableReply(let field):
      field.map { "gave a reply without a proper \($0)" } ?? "gave a reply that can't be read"
    }
  }
}
