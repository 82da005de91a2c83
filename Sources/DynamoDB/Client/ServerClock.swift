import DynamoJournalHTTP

/// By how much the server's clock is ahead of ours, in seconds.
actor ServerClock {
  private(set) var offset: Int64 = 0

  /// Takes in what a reply showed.
  func set(_ seconds: Int64) { offset = seconds }
}

extension HTTPRequest {
  /// Shortens its limits of time to this one.
  mutating func hurry(to limit: Duration) {
    connectTimeout = min(connectTimeout, limit)
    totalTimeout = min(totalTimeout ?? limit, limit)
  }
}
