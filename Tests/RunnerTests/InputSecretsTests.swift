import Testing

@testable import DynamoJournalRunner

@Suite("What a request holds must not come back in a message") struct InputSecretsTests {
  private let request = InputRequest(
    name: "x", url: "https://user:pass%40word@h.test/v1/validators/s3cretKey9?key=abcdefgh",
    headers: [("x-api-key", "hunter2"), ("accept", "application/json")])

  @Test(
    "in none of the forms in which a server could repeat it",
    arguments: [
      "you sent hunter2", "aHVudGVyMg==", "pass%40word", "pass@word",
      "Authorization: Basic dXNlcjpwYXNzQHdvcmQ=",
      "GET /v1/validators/s3cretKey9", "key=abcdefgh", "user:pass%40word@h.test",
    ])
  func found(_ text: String) { #expect(InputSecrets(request).areIn(text)) }

  @Test(
    "but its host, the names in its path, and what every request says are no secrets",
    arguments: ["'data.validators' is missing", "h.test says no", "application/json", "", "error -32601"])
  func harmless(_ text: String) { #expect(!InputSecrets(request).areIn(text)) }
}
