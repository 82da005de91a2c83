import TestSupport
import Testing

@Suite("The key of a table that is created") struct TableKeyTests {
  @Test("two attributes in one option are refused, and no table is made")
  func twoAttributes() async throws {
    try await withOperators { data in
      let outcome = try await data.product().run("tables", "create", "pairs", "--key", "a:S,b:N")
      #expect(outcome.status == 64, "\(outcome.errors)")
      #expect(outcome.errors.contains("--sort"), "\(outcome.errors)")
      #expect(try await data.product().run("tables", "describe", "pairs").status == 2)
    }
  }
}
