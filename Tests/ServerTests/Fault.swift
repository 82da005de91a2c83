import DynamoJournalJSON
import TestSupport

/// Something that breaks in a run, as a rule of the proxy.
struct Fault: Sendable, CustomStringConvertible {
  /// What becomes of the request that it hits.
  enum Effect: Sendable {
    /// It is refused in the server's place.
    case refused
    /// The connection is cut before the server sees it.
    case unseen
    /// It is done, and the answer does not arrive as it was.
    case done
    /// It takes its time.
    case late
  }

  let description: String
  let effect: Effect
  private(set) var rules: [JSONValue]
  /// Options of the command line.
  var options: [String] = []

  /// Hits each call of these operations in turn, or of all: so many are broken, so many are let through, and again.
  private init(
    _ description: String, _ effect: Effect, on operations: [String] = Fault.writes, fail: Int, pass: Int,
    _ members: KeyValuePairs<String, JSONValue>
  ) {
    self.init(
      description, effect, on: operations, [("sequence", ["fail": .number(fail), "pass": .number(pass)])],
      members)
  }

  private init(
    _ description: String, _ effect: Effect, on operations: [String] = Fault.writes,
    _ when: [(String, JSONValue)], _ members: KeyValuePairs<String, JSONValue>
  ) {
    self.description = description
    self.effect = effect
    let common: [(String, JSONValue)] = [("service", "dynamodb")] + when + members.map { ($0.key, $0.value) }
    let named = operations.map { [("operation", JSONValue.string($0))] + common }
    rules = (operations.isEmpty ? [common] : named).map { members in
      .object(members.map { JSONValue.Member(name: $0.0, value: $0.1) })
    }
  }

  private static let writes = ["TransactWriteItems", "PutItem"]

  // MARK: All of them

  private static func refusal(_ code: String, status: Int? = nil) -> JSONValue {
    var members = [JSONValue.Member(name: "code", value: .string(code))]
    if let status { members.append(JSONValue.Member(name: "status", value: .number(status))) }
    return .object(members)
  }

  private static let conflict: JSONValue = [
    "code": "TransactionCanceledException",
    "fields": ["CancellationReasons": [["Code": "TransactionConflict"], ["Code": "None"]]],
  ]

  /// Refusals and delays, on all calls or on the writes.
  static let before: [Fault] = [
    Fault(
      "30 % of all calls throttled", .refused, on: [], fail: 3, pass: 7,
      ["error": refusal("ProvisionedThroughputExceededException")]),
    Fault(
      "a burst of 500", .refused, [("times", 25)], ["error": refusal("InternalServerError", status: 500)]),
    Fault(
      "a burst of 503", .refused, on: [], [("times", 8)],
      ["error": refusal("ServiceUnavailable", status: 503)]),
    Fault("RequestLimitExceeded", .refused, fail: 1, pass: 2, ["error": refusal("RequestLimitExceeded")]),
    Fault("TransactionConflict", .refused, on: ["TransactWriteItems"], fail: 1, pass: 2, ["error": conflict]),
    Fault("300 ms of latency", .late, on: [], [], ["latency": 300]),
    Fault("connections reset", .unseen, fail: 1, pass: 4, ["reset": true]),
  ]

  /// Answers that are lost or broken when the write is made.
  static let after: [Fault] = [
    Fault("answers lost", .done, fail: 1, pass: 4, ["response": ["abort_bytes": 0]]),
    Fault("answers cut in the middle", .done, fail: 1, pass: 4, ["response": ["abort_frac": .number("0.5")]]),
    Fault(
      "answers cut short, with status 200", .done, fail: 1, pass: 4,
      ["response": ["truncate_frac": .number("0.5")]]),
    Fault("flipped bytes", .done, fail: 1, pass: 4, ["response": ["corrupt_bytes": 8]]),
    Fault(
      "answers of all calls cut short, with status 200", .done, on: [], fail: 1, pass: 3,
      ["response": ["truncate_frac": .number("0.7")]]),
  ]

  /// What hits all calls, those included by which tables, indexes and backups are made.
  static let everywhere: [Fault] = [
    Fault("answers of all calls lost", .done, on: [], fail: 1, pass: 3, ["response": ["abort_bytes": 0]]),
    Fault(
      "500 to every third call", .refused, on: [], fail: 1, pass: 2,
      ["error": refusal("InternalServerError", status: 500)]),
  ]

  /// A server that hangs, for longer than a request may take.
  static let hang: Fault = {
    var fault = Fault("a server that hangs", .done, [("times", 3)], ["latency": 9_000])
    fault.options = ["--request-timeout", "3"]
    return fault
  }()

  /// The first key is refused as expired from the first write on.
  static func expired(_ key: String) -> Fault {
    Fault(
      "credentials that expire", .refused, [("headers", ["Authorization": .string("Credential=\(key)/")])],
      ["error": refusal("ExpiredTokenException")])
  }

  /// Cut before the first byte of an answer, which only a proxy of bytes can do.
  static let zeroBytes: Fault = {
    var fault = Fault("answers cut at the first byte", .done, [], [:])
    fault.rules = writes.map { write in
      [
        "service": "tcp", "operation": "conn", "payload": .string(write), "times": 6,
        "cut_reply": ["after_bytes": 0],
      ]
    }
    return fault
  }()
}
