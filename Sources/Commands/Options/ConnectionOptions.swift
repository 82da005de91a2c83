import ArgumentParser
import DynamoJournalClient

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

  @Option(
    help: ArgumentHelp(
      "Try a call that fails again for at most so many seconds. (default: 120)", valueName: "seconds"))
  var retryBudget: Double?

  @Option(
    help: ArgumentHelp(
      "Give a request up, and send it again, after so many seconds. (default: 60)", valueName: "seconds"))
  var requestTimeout: Double?

  @Option(
    help: ArgumentHelp(
      "Give a reply of the API up, with all attempts, after so many seconds. (default: 300)",
      valueName: "seconds"))
  var inputTimeout: Double?

  /// More units a second than any table is given.
  private static let mostUnits = 1e9
  /// More connections than a process may have open.
  private static let mostConcurrency = 10_000

  func validate() throws {
    for (name, units) in [("--max-read-units", maxReadUnits), ("--max-write-units", maxWriteUnits)] {
      guard let units, !(units > 0 && units <= Self.mostUnits) else { continue }
      throw ValidationError("\(name) must be a number above 0, and at most \(Int(Self.mostUnits))")
    }
    if let concurrency, !(1...Self.mostConcurrency).contains(concurrency) {
      throw ValidationError("--concurrency must be from 1 to \(Self.mostConcurrency)")
    }
    if let retryBudget, !(0..<86_400).contains(retryBudget) {
      throw ValidationError("--retry-budget must be 0 or more seconds, and less than a day")
    }
    if let inputTimeout, !(1..<86_400).contains(inputTimeout) {
      throw ValidationError("--input-timeout must be 1 second or more, and less than a day")
    }
    if let requestTimeout, !(1..<86_400).contains(requestTimeout) {
      throw ValidationError("--request-timeout must be 1 second or more, and less than a day")
    }
  }
}

extension ConnectionOptions {
  /// How a client of these options makes its calls.
  var client: DynamoDBClient.Configuration {
    var client = DynamoDBClient.Configuration()
    client.maximumReadUnits = maxReadUnits
    client.maximumWriteUnits = maxWriteUnits
    if let requestTimeout {
      client.requestTimeout = .seconds(requestTimeout)
      client.stallTimeout = min(client.stallTimeout, .seconds(requestTimeout.rounded(.up)))
    }
    if let retryBudget {
      client.retry.budget = .seconds(retryBudget)
      // Time alone counts: a budget of an hour is not over after forty attempts.
      client.retry.maximumAttempts = .max
    }
    return client
  }
}
