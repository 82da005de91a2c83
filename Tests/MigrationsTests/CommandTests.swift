import Foundation
import DynamoJournalTables
import TestSupport
import Testing

@Suite("Migrations as commands")
struct CommandTests {
  private func load(_ product: Product, _ table: TableSpec, _ items: [Item]) async throws {
    let lines = items.map { DynamoDBJSON.text($0) + "\n" }.joined()
    try lines.write(toFile: product.folder + "/items.jsonl", atomically: true, encoding: .utf8)
    let key = table.key.partition
    try await product.succeed(
      "tables", "import", table.name, "items.jsonl", "--key", "\(key.name):\(key.type.rawValue)")
  }

  private func write(_ replies: [String: String], in folder: String) throws {
    let api = folder + "/api/api/operator"
    try FileManager.default.createDirectory(atPath: api, withIntermediateDirectories: true)
    for (name, text) in replies {
      try text.write(toFile: "\(api)/\(name)", atomically: true, encoding: .utf8)
    }
  }

  private func product(in folder: String) -> Product {
    let variables = [
      "NODE_OPERATORS_TABLE_NAME": Sparta.old, "VALIDATORS_TABLE_NAME": Sparta.validators,
      "API_URL": "file://\(folder)/api",
    ]
    return Product(in: folder, environment: variables)
  }

  @Test("03 with a set that would slash 60 % is planned and refused with exit code 2, and nothing is written")
  func massDelete() async throws {
    for chain in [[], ["0x1", "0x2"]] {
      try await withTemporaryFolder { folder in
        let product = product(in: folder)
        try await load(product, Sparta.oldTable(), [Sparta.anOperator("1")])
        try await load(
          product, Sparta.validatorsTable(), (1...5).map { Sparta.validatorItem("0x\($0)", "1") })
        let start = [try await product.export(Sparta.old), try await product.export(Sparta.validators)]
        try write(["validators": Sparta.onChain(chain)], in: folder)
        let refused = try await product.run("run", "03_add_wasslashed_field", "--yes")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("--allow-mass-delete"))
        let end = [try await product.export(Sparta.old), try await product.export(Sparta.validators)]
        #expect(end == start)
        try await product.succeed("run", "03_add_wasslashed_field", "--yes", "--allow-mass-delete")
        #expect(try await product.export(Sparta.validators).count == chain.count)
      }
    }
  }

  @Test("02 reads the second page of a folder of files, whose name has the query in it")
  func pages() async throws {
    try await withTemporaryFolder { folder in
      let product = product(in: folder)
      try await load(product, Sparta.validatorsTable(), [])
      try write(
        [
          "validators": Sparta.onChain(["0xA", "0xB"]),
          "operators": Sparta.operators([("1", "0xa")], next: "x/y z%"),
          "operators?pageToken=x%2Fy%20z%25": Sparta.operators([("2", "0xb")]),
        ], in: folder)
      try await product.succeed("run", "02_populate_validators", "--yes")
      #expect(try await product.export(Sparta.validators).count == 2)
    }
  }
}
