import ArgumentParser

/// How DynamoDB is reached; the embedded store needs none of it.
struct ConnectionOptions: ParsableArguments {
  @Option(help: "The AWS region. (default: $AWS_REGION, the profile's, or eu-west-2)")
  var region: String?

  @Option(
    help: "The profile of the AWS configuration files whose credentials are used. (default: $AWS_PROFILE)")
  var profile: String?

  @Flag(help: "Let credentials go to a plain-http endpoint on another machine.")
  var insecureEndpoint = false

  @Option(help: "Read at most so many read units a second.")
  var maxReadUnits: Double?

  @Option(help: "Write at most so many write units a second.")
  var maxWriteUnits: Double?

  @Option(help: "Have at most so many writes under way at once.")
  var concurrency: Int?

  func validate() throws {
    if let maxReadUnits, maxReadUnits <= 0 { throw ValidationError("--max-read-units must be more than 0") }
    if let maxWriteUnits, maxWriteUnits <= 0 {
      throw ValidationError("--max-write-units must be more than 0")
    }
    if let concurrency, concurrency < 1 { throw ValidationError("--concurrency must be 1 or more") }
  }
}
