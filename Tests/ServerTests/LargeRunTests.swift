import Foundation
import TestSupport
import Testing

@Suite("A large run on a server", .servers(.ministack), .serialized)
struct LargeRunTests {
  @Test("5,000 operators are re-keyed as on the embedded store, and put back")
  func fiveThousand() async throws {
    try await withTemporaryFolder { folder in
      let data = OperatorData(folder: folder, count: 5_000)
      try data.write()
      let target = try Servers.server(.ministack).url
      let products = try ["embedded": "local", "wire": target].map { name, target in
        try Folder.make("\(folder)/\(name)")
        return Product(
          in: "\(folder)/\(name)", environment: data.environment.merging(["SPARTA_TARGET": target]) { $1 })
      }
      var ends: [[String: [String]]] = []
      for product in products {
        try await data.load(product)
        let start = try await OperatorData.tables(product)
        try await product.succeed("run", FaultedRun.migration, "--yes")
        let end = try await OperatorData.tables(product)
        #expect(end[OperatorData.target]?.count == data.units)
        ends.append(end)
        try await product.succeed("verify", "latest")
        try await product.succeed("rollback", "latest", "--yes")
        #expect(try await OperatorData.tables(product) == start)
        try await product.succeed("audit", "verify")
      }
      #expect(ends[0] == ends[1])
    }
  }
}
