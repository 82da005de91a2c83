/// What variables of the environment say about whoever is behind an account. No variable that holds a token is looked at.
enum OperatorClaims {
  /// The claims that there are, by name.
  static func all(in environment: [String: String]) -> [String: String] {
    let variables = Variables(environment)
    let claims = ["sudo": sudo(variables), "ci": ci(variables)]
    return claims.compactMapValues { $0.map { ClaimText.shown($0) } }
  }

  private static func sudo(_ variables: Variables) -> String? {
    switch (variables["SUDO_USER"], variables["SUDO_UID"]) {
    case (let user?, let uid?): "\(user) (uid \(uid))"
    case (let user?, nil): user
    case (nil, let uid?): "uid \(uid)"
    case (nil, nil): nil
    }
  }

  /// `<the job's address> by <the person>`, of the first service that is recognised.
  private static func ci(_ variables: Variables) -> String? {
    for service in services {
      let (job, person) = (service.job(variables), variables[service.person])
      guard job != nil || (person != nil && service.isCertain) else { continue }
      return [job, person.map { "by " + $0 }].compactMap { $0 }.joined(separator: " ")
    }
    return nil
  }

  /// A CI service: the variables' names are those of its documentation.
  private struct Service: Sendable {
    /// The variable that names who started the job.
    let person: String
    /// Whether no other program sets that variable.
    let isCertain: Bool
    /// The job's address without secrets, or its identifier.
    let job: @Sendable (Variables) -> String?

    init(person: String, isCertain: Bool = true, job: @escaping @Sendable (Variables) -> String?) {
      (self.person, self.isCertain, self.job) = (person, isCertain, job)
    }
  }

  private static let services = [
    // https://docs.github.com/actions/reference/workflows-and-actions/variables
    Service(person: "GITHUB_ACTOR") { variables in
      guard let server = variables["GITHUB_SERVER_URL"], let repository = variables["GITHUB_REPOSITORY"],
        let run = variables["GITHUB_RUN_ID"]
      else { return nil }
      return ClaimText.address("\(server)/\(repository)/actions/runs/\(run)")
    },
    // https://docs.gitlab.com/ci/variables/predefined_variables/
    Service(person: "GITLAB_USER_LOGIN") { $0["CI_JOB_URL"].map(ClaimText.address) },
    // https://circleci.com/docs/reference/variables/
    Service(person: "CIRCLE_USERNAME") { $0["CIRCLE_BUILD_URL"].map(ClaimText.address) },
    // https://buildkite.com/docs/pipelines/configure/environment-variables
    Service(person: "BUILDKITE_BUILD_CREATOR") { $0["BUILDKITE_BUILD_URL"].map(ClaimText.address) },
    // https://learn.microsoft.com/azure/devops/pipelines/build/variables; the build's number is in the address's query,
    // and queries are left out, so it follows the address.
    Service(person: "BUILD_REQUESTEDFOR") { variables in
      guard let collection = variables["SYSTEM_COLLECTIONURI"], let project = variables["SYSTEM_TEAMPROJECT"],
        let build = variables["BUILD_BUILDID"]
      else { return nil }
      let path = project.replacing(" ", with: "%20")
      return ClaimText.address(collection + (collection.hasSuffix("/") ? "" : "/") + path) + " build \(build)"
    },
    // https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
    Service(person: "CODEBUILD_INITIATOR") { $0["CODEBUILD_BUILD_ARN"] },
    // https://www.jenkins.io/doc/book/pipeline/jenkinsfile/ and its plugin build-user-vars. Both names are short enough for
    // other programs to use, so this is the last, and a person alone is not enough.
    Service(person: "BUILD_USER_ID", isCertain: false) { $0["BUILD_URL"].map(ClaimText.address) },
  ]

  /// An environment in which an empty variable is one that is not set.
  struct Variables: Sendable {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    subscript(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
  }
}
