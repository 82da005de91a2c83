import DynamoJournalClient
import Testing

@Test("credentials never show themselves in a description, a dump or a reflection")
func credentialsAreSilent() {
  let credentials = AWSCredentials(
    accessKeyID: "AKIACANARY", secretAccessKey: "canary-secret", sessionToken: "canary-token")
  var dumped = ""
  dump(credentials, to: &dumped)
  for text in ["\(credentials)", String(reflecting: credentials), dumped, "\([credentials])"] {
    #expect(!text.lowercased().contains("canary"), "\(text)")
  }
}
