import Testing

@testable import DynamoJournalClient

@Suite("The server's clock") struct ServerProbeTests {
  @Test(
    "a date within the exchange is ours, another one is so many seconds off",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Sun, 06 Nov 1994 08:49:36 GMT", 0),
      ("Sun, 06 Nov 1994 08:49:34 GMT", -1), ("Sun, 06 Nov 1994 08:54:38 GMT", 301), ("yesterday", nil),
      (nil, nil),
    ] as [(String?, Int64?)])
  func offsets(date: String?, offset: Int64?) {
    // From 08:49:35 to 08:49:37.
    #expect(ServerProbe.offset(date, 784_111_775...784_111_777) == offset)
  }
}
