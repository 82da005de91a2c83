import Crypto
import DynamoJournalTables
import Foundation
import TestSupport
import Testing

@testable import DynamoJournalExports

@Suite("The folder of an export to S3") struct S3ExportTests {
  private struct Parts {
    var type = "FULL_EXPORT"
    var form = "DYNAMODB_JSON"
    var count = 3
    var md5: String?
  }

  /// Writes an export of two files, in the way that DynamoDB does.
  private func export(in folder: String, _ parts: Parts = Parts()) throws {
    try Folder.make(folder + "/data")
    var manifest = ""
    for (name, ids) in [("a", ["1", "2"]), ("b", ["3"])] {
      let lines = ids.map { #"{"Item":{"id":{"S":"\#($0)"}}}"# }.joined(separator: "\n") + "\n"
      // zlib reads a plain file as it is.
      try Data(lines.utf8).write(to: URL(fileURLWithPath: "\(folder)/data/\(name).json.gz"))
      let md5 = parts.md5 ?? Data(Insecure.MD5.hash(data: Data(lines.utf8))).base64EncodedString()
      manifest +=
        #"{"itemCount":\#(ids.count),"md5Checksum":"\#(md5)","etag":"x-1","dataFileS3Key":"p/AWSDynamoDB/01-a/data/\#(name).json.gz"}"#
        + "\n"
    }
    let summary = """
      {"version":"2020-06-30","tableArn":"arn:aws:dynamodb:eu-west-2:123456789012:table/toys","itemCount":\(parts.count),\
      "outputFormat":"\(parts.form)","exportType":"\(parts.type)","manifestFilesS3Key":"p/AWSDynamoDB/01-a/manifest-files.json"}
      """
    try write(summary, "manifest-summary.json", folder)
    try write(manifest, "manifest-files.json", folder)
    try write(
      Data(Insecure.MD5.hash(data: Data(manifest.utf8))).base64EncodedString(), "manifest-files.md5", folder)
    try write(SHA256.hash(data: Data(summary.utf8)).hexadecimal + "\n", "manifest-summary.checksum", folder)
  }

  private func write(_ text: String, _ name: String, _ folder: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  @Test("is found by itself, by its summary, and below what was copied out of a bucket")
  func found() throws {
    try withTemporaryFolder { folder in
      let inner = folder + "/AWSDynamoDB/01-a"
      try export(in: inner)
      for path in [inner, inner + "/manifest-summary.json", folder + "/AWSDynamoDB", folder] {
        let found = try #require(try S3Export.folder(path))
        let export = try S3Export(folder: found)
        #expect(export.table == "toys" && export.files.map(\.items) == [2, 1])
      }
      #expect(try S3Export.folder(inner + "/data") == nil)
      #expect(try S3Export.folder(inner + "/data/a.json.gz") == nil)
      try export(in: folder + "/AWSDynamoDB/02-b")
      let two = #expect(throws: FileError.self) { try S3Export.folder(folder) }
      #expect("\(two.map { "\($0)" } ?? "")".contains("2 exports"))
    }
  }

  static let flaws: [(name: String, words: String)] = [
    ("incremental", "incremental export"), ("ion", "in the form ION"),
    ("count", "hold 3 items, and the summary says 4"),
    ("md5", "MD5"), ("missing", "it is not there"), ("cut", "MD5"), ("manifest", "checksum"),
    ("summary", "checksum"),
  ]

  @Test("that is not whole, or of another kind, is refused by what it lacks", arguments: flaws.indices)
  func flawed(_ index: Int) throws {
    let (name, words) = Self.flaws[index]
    try withTemporaryFolder { folder in
      var parts = Parts()
      if name == "incremental" { parts.type = "INCREMENTAL_EXPORT" }
      if name == "ion" { parts.form = "ION" }
      if name == "count" { parts.count = 4 }
      if name == "md5" { parts.md5 = "AAAAAAAAAAAAAAAAAAAAAA==" }
      try export(in: folder, parts)
      if name == "missing" { try FileManager.default.removeItem(atPath: folder + "/data/b.json.gz") }
      if name == "cut" { try write("{}", "data/b.json.gz", folder) }
      if name == "manifest" { try write("{}", "manifest-files.json", folder) }
      if name == "summary" { try write(#"{"itemCount":1}"#, "manifest-summary.json", folder) }
      let error = #expect(throws: FileError.self) { try S3Export(folder: folder) }
      #expect(error.map { "\($0)" }?.contains(words) == true, "\(error.map { "\($0)" } ?? "")")
    }
  }

  @Test("whose file holds fewer items than its manifest says is refused before anything is written")
  func fewer() throws {
    try withTemporaryFolder { folder in
      try write(#"{"Item":{"id":{"S":"1"}}}"#, "x", folder)
      let spec = TableSpec(
        name: "toys", key: KeySchema(partition: KeyAttribute("id", .string), sort: nil), indexes: [])
      let load = ItemImport(files: [ItemFile(path: folder + "/x", items: 2)], into: spec)
      let error = #expect(throws: FileError.self) { try load.check() }
      #expect(error.map { "\($0)" }?.contains("holds 1 items, and the manifest says 2") == true)
    }
  }
}
