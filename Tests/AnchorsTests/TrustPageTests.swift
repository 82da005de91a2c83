import Foundation
import TestSupport
import Testing

/// docs/trust.md names a test beside each answer to an attack; a test that is renamed or removed is missed here.
@Suite("The page on trust")
struct TrustPageTests {
  @Test("names tests that exist")
  func namesTests() throws {
    let page = try String(contentsOfFile: CheckoutCopy.original + "/docs/trust.md", encoding: .utf8)
    let cells = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.compactMap { row in
      row.split(separator: "|").dropFirst(2).first
    }
    let names = cells.flatMap { cell in cell.matches(of: /"([^"]+)"/).map { String($0.1) } }
    #expect(names.count > 20)
    let tests = try Self.tests()
    for name in names { #expect(tests.contains("\"\(name)\""), "\(name)") }
  }

  /// The text of all tests.
  private static func tests() throws -> String {
    let folder = URL(fileURLWithPath: CheckoutCopy.original + "/Tests")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
  }
}
