import Foundation
import DynamoJournalJSON
import Testing

@testable import DynamoJournalClient

/// What botocore's signer makes of the same requests, as `Fixtures/make_signatures.py` wrote it down.
@Suite struct SigningTests {
  /// A request and its expected headers.
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let method: String
    let path: String
    let query: String
    let headers: [[String]]
    let body: [UInt8]
    let credentials: AWSCredentials
    let region: String
    let service: String
    let date: Int64
    let dateHeader: String
    let authorization: String

    var testDescription: String { name }
  }

  @Test("DynamoDB-shaped and odd requests are signed as botocore signs them")
  func asBotocore() throws {
    let samples = try samples()
    #expect(samples.count >= 40)
    for sample in samples {
      let sent = sign(sample)
      #expect(sent.last { $0.name == "Authorization" }?.value == sample.authorization, "\(sample.name)")
      #expect(sent.last { $0.name == "X-Amz-Date" }?.value == sample.dateHeader, "\(sample.name)")
      #expect(
        sent.filter { $0.name == "X-Amz-Security-Token" }.map(\.value)
          == [sample.credentials.sessionToken].compactMap(\.self), "\(sample.name)")
    }
  }

  @Test("the given headers are kept, in their order, and the signature's own come after them")
  func keepsHeaders() {
    let given = [("Host", "h"), ("User-Agent", "sparta"), ("Content-Type", "x")]
    let sent = sign(given)
    #expect(sent.map(\.name) == given.map(\.0) + ["X-Amz-Date", "X-Amz-Security-Token", "Authorization"])
    #expect(sent.prefix(3).map(\.value) == given.map(\.1))
  }

  @Test("signing what was signed before replaces the old signature")
  func signsAnew() {
    let once = sign([("Host", "h")])
    let twice = sign(once.map { ($0.name.uppercased(), $0.value) })
    #expect(twice.map(\.value) == once.map(\.value))
    #expect(twice.count == 4)
  }

  @Test(
    "a changed body, path, query, signed header, date, region, service, token or key changes the signature")
  func everythingCounts() {
    let one = signature()
    let others = [
      signature(method: "PUT"), signature(path: "/a"), signature(query: "a"),
      signature(headers: [("Host", "i")]),
      signature(headers: [("Host", "h"), ("A", "")]), signature(body: [0]), signature(region: "r2"),
      signature(service: "s2"), signature(date: 1), signature(secret: "other"), signature(token: nil),
    ]
    #expect(Set(others + [one]).count == others.count + 1)
    #expect(signature(headers: [("Host", "h"), ("User-Agent", "any")]) == one)
  }

  @Test("a percent sign that begins no escape stands for itself", arguments: ["%", "%a", "%+f", "%zz", "a%"])
  func brokenEscapes(_ query: String) {
    #expect(CanonicalRequest.query(query) == CanonicalRequest.encoded(query.utf8) + "=")
  }

  @Test("a parameter's spelling on the wire doesn't matter, its bytes do")
  func spellings() {
    #expect(CanonicalRequest.query("a=%e1%88%b4") == CanonicalRequest.query("a=ሴ"))
    #expect(CanonicalRequest.query("a=%7E") == "a=~")
    #expect(CanonicalRequest.query("a=+") == "a=%2B")
    #expect(CanonicalRequest.query("b&a=1=2&&c=") == "a=1%3D2&b=&c=")
  }

  @Test("more keys than are kept are derived anew and come out the same")
  func manyKeys() {
    let first = signature()
    for index in 0..<40 { _ = signature(region: "region-\(index)") }
    #expect(signature() == first)
  }

  @Test(
    "moments are spelled in UTC",
    arguments: zip(
      [Int64(0), 951_782_399, 951_868_799, 1_709_164_800, 4_107_542_399, -1],
      [
        "19700101T000000Z", "20000228T235959Z", "20000229T235959Z", "20240229T000000Z", "21000228T235959Z",
        "19691231T235959Z",
      ]))
  func moments(_ seconds: Int64, _ text: String) {
    #expect(SigningTime(seconds).text == text)
    #expect(SigningTime(seconds).day == text.prefix(8))
  }
}

// MARK: Helpers

extension SigningTests {
  private func sign(_ headers: [(String, String)]) -> [SigV4.Header] {
    SigV4.signedHeaders(
      method: "POST", path: "/", headers: headers.map { ($0.0, $0.1) }, body: [],
      credentials: AWSCredentials(accessKeyID: "a", secretAccessKey: "s", sessionToken: "t"),
      region: "r", service: "s", at: 0)
  }

  private func signature(
    method: String = "POST", path: String = "/", query: String = "",
    headers: [(String, String)] = [("Host", "h")], body: [UInt8] = [], region: String = "r",
    service: String = "s", date: Int64 = 0, secret: String = "s", token: String? = "t"
  ) -> String {
    let sent = SigV4.signedHeaders(
      method: method, path: path, query: query, headers: headers.map { ($0.0, $0.1) }, body: body,
      credentials: AWSCredentials(accessKeyID: "a", secretAccessKey: secret, sessionToken: token),
      region: region, service: service, at: date)
    return String(sent.last?.value.suffix(64) ?? "")
  }

  private func sign(_ sample: Sample) -> [SigV4.Header] {
    SigV4.signedHeaders(
      method: sample.method, path: sample.path, query: sample.query,
      headers: sample.headers.map { ($0[0], $0[1]) }, body: sample.body, credentials: sample.credentials,
      region: sample.region, service: sample.service, at: sample.date)
  }

  private func samples() throws -> [Sample] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = try Data(contentsOf: folder.appendingPathComponent("Fixtures/signatures.json"))
    return try #require(try JSONValue(parsing: Array(file)).arrayValue).map(sample)
  }

  private func sample(_ json: JSONValue) throws -> Sample {
    let text = { (name: String) in try #require(json[name]?.stringValue) }
    return Sample(
      name: try text("name"), method: try text("method"), path: try text("path"), query: try text("query"),
      headers: try #require(json["headers"]?.arrayValue).map {
        $0.arrayValue?.compactMap(\.stringValue) ?? []
      },
      body: try body(json),
      credentials: AWSCredentials(
        accessKeyID: try text("accessKeyID"), secretAccessKey: try text("secretAccessKey"),
        sessionToken: json["token"]?.stringValue),
      region: try text("region"), service: try text("service"), date: try #require(json["at"]?.integerValue),
      dateHeader: try text("date"), authorization: try text("authorization"))
  }

  /// A body longer than the written one is the written one over and over.
  private func body(_ json: JSONValue) throws -> [UInt8] {
    let written =
      json["text"]?.stringValue.map { Array($0.utf8) }
      ?? json["body"]?.arrayValue?.compactMap { $0.integerValue.map { UInt8($0) } } ?? []
    let length = Int(try #require(json["pad"]?.integerValue))
    guard length > 0 else { return written }
    return (0..<length).map { written[$0 % written.count] }
  }
}
