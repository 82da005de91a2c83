import CDynamoJournalZlib
import DynamoJournalHTTP
import DynamoJournalJSON
import DynamoJournalTables

/// A reply of the service that was understood.
struct ServiceReply: Sendable {
  let fields: JSONFields
  /// The capacity that the call used, where the service says.
  let units: Double
}

/// Reads replies: a pure function from what came over HTTP.
struct ReplyReader {
  let reply: HTTPReply
  /// The date that the request was signed with, in seconds since 1970.
  let signedAt: Int64

  /// The reply, or why there is none.
  func read() -> Result<ServiceReply, CallFailure> {
    guard checksumHolds else { return .failure(unreadable(.checksum)) }
    do {
      let fields = try JSONFields(reply.body)
      if (200..<300).contains(reply.status) {
        return .success(ServiceReply(fields: fields, units: try Self.units(fields)))
      }
      guard let error = try error(fields) else { return .failure(unreadable(.shape)) }
      return .failure(.service(error))
    } catch {
      return .failure(unreadable(.shape))
    }
  }

  private func unreadable(_ problem: UnreadableReply.Problem) -> CallFailure {
    .unreadable(UnreadableReply(status: reply.status, problem: problem, body: reply.body, proxy: reply.proxy))
  }

  /// The checksum is one of the bytes on the wire; those of a body that came compressed are gone, and gzip brings a
  /// checksum of its own.
  private var checksumHolds: Bool {
    guard let text = reply.headers["x-amz-crc32"], reply.headers["content-encoding"] == nil else {
      return true
    }
    return UInt(text) == Checksum.crc32(reply.body)
  }

  private func error(_ fields: JSONFields) throws -> ServiceError? {
    guard let type = try fields.string("__type") ?? reply.headers["x-amzn-errortype"] else { return nil }
    let name = type.split(separator: "#").last.map(String.init) ?? type
    let code = name.split(separator: ":").first.map(String.init) ?? name
    let message = try fields.string("message") ?? fields.string("Message") ?? ""
    var error = ServiceError(code: code, message: message, status: reply.status)
    error.requestID = reply.headers["x-amzn-requestid"]
    error.cancellationReasons = try fields.elements("CancellationReasons").map(Self.reason)
    // The API spells the member both ways, by exception.
    let throttling = try fields.elements("ThrottlingReasons") + fields.elements("throttlingReasons")
    error.throttlingReasons = try throttling.compactMap { try JSONFields($0).string("reason") }
    error.retryAfter = retryAfter
    error.found = try fields.item("Item")
    error.clockOffset = reply.headers["date"].flatMap(HTTPDate.seconds).map { $0 - signedAt }
    return error
  }

  /// Seconds, or a date (RFC 9110, section 10.2.3).
  private var retryAfter: Duration? {
    guard let text = reply.headers["retry-after"] else { return nil }
    if let seconds = Int64(text), (0...86_400).contains(seconds) { return .seconds(seconds) }
    guard let date = HTTPDate.seconds(text), let now = reply.headers["date"].flatMap(HTTPDate.seconds)
    else { return nil }
    return .seconds(min(86_400, max(0, date - now)))
  }

  private static func reason(_ bytes: [UInt8]) throws -> ServiceError.CancellationReason {
    let fields = try JSONFields(bytes)
    return ServiceError.CancellationReason(
      code: try fields.string("Code") ?? "None", message: try fields.string("Message") ?? "",
      found: try fields.item("Item"))
  }

  /// More than a call of any kind can use: 100 items of 400 KB in a transaction are 80,000 units, and 20 indexes as many each.
  private static let mostUnits = 10_000_000.0

  /// `ConsumedCapacity` is an object, or an array of them when the call may concern several tables.
  private static func units(_ fields: JSONFields) throws -> Double {
    guard let consumed = try fields.json("ConsumedCapacity") else { return 0 }
    let parts = consumed.arrayValue ?? [consumed]
    let units = parts.reduce(0.0) { $0 + (($1["CapacityUnits"]?.numberText).flatMap(Double.init) ?? 0) }
    // What can't be would hold up all that follows, or could not even be added up.
    return units.isFinite ? min(max(units, 0), mostUnits) : 0
  }
}

/// The checksum of `x-amz-crc32`.
enum Checksum {
  /// CRC-32 as in zlib.
  static func crc32(_ bytes: [UInt8]) -> UInt {
    bytes.withUnsafeBufferPointer { UInt(CDynamoJournalZlib.crc32(0, $0.baseAddress, UInt32($0.count))) }
  }
}
